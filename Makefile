# Một Cửa. Each target is one or two lines that a person could type.
#   make run    build, fetch the model once, index corpus/, serve on 127.0.0.1:8080
#   make test   every test
# MOTCUA_MODEL=FILE uses a model file at hand; BIND=ADDR:PORT serves elsewhere.

BIND    ?= 127.0.0.1:8080
INDEX   ?= index
MOTCUA   = target/release/motcua
SUITES  ?= $(wildcard eval/suites/*.jsonl)

.PHONY: run build model index vectors test lint fmt bench eval doc

run: build model index vectors
	$(MOTCUA) serve --index $(INDEX) --bind $(BIND)

build:
	@sh tools/check-machine.sh
	cargo build --release --locked

model: build
	@[ -n "$$MOTCUA_MODEL" ] || $(MOTCUA) model pull || echo "No model could be had: answers will come in the record's words."

index: build
	$(MOTCUA) index --corpus corpus/procedures --index $(INDEX)

# Search by meaning; without the embedder search goes by words alone.
vectors: index
	@$(MOTCUA) model pull multilingual-e5-small && $(MOTCUA) vectors --index $(INDEX) || echo "No embedder could be had: search goes by words alone."

# One model thread: candle's threads wait for each other busily, and tests run side by
# side (the tiny model took 70 s with two threads on a busy machine, 3.6 s with one).
test:
	@sh tools/check-machine.sh
	CANDLE_NUM_THREADS=1 RAYON_NUM_THREADS=1 cargo test --workspace --locked

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

fmt:
	cargo fmt --all

doc:
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked

bench:
	cargo bench --locked

eval: build index vectors
	$(MOTCUA) eval $(SUITES) --index $(INDEX) --html target/eval.html --json target/eval.json
