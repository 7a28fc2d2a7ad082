fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let records = corpus::load_dir(std::path::Path::new(&args[0]))
        .unwrap()
        .procedures;
    for pair in eval::mutation::pairs(&records, args[1].parse().unwrap()) {
        println!("{}", serde_json::to_string(&pair).unwrap());
    }
}
