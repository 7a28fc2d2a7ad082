// What `motcua model bench` measures, with llama.cpp: the same prompts, file and threads.
//
//   npm install node-llama-cpp@3.22.1
//   motcua model bench --prompts > prompts.json
//   node bench-llama.mjs MODEL.gguf prompts.json ROUNDS THREADS      one JSON object
//
// Greedy; each question once with nothing held, then another one on the same record.
import fs from "fs";
import {getLlama} from "node-llama-cpp";

const [file, prompts, rounds, threads] = process.argv.slice(2);
const llama = await getLlama({gpu: false, build: "never", maxThreads: +threads, logLevel: "error"});
const model = await llama.loadModel({modelPath: file});
const context = await model.createContext({contextSize: 4096, threads: +threads, batchSize: 512});
const sequence = context.getSequence();
const texts = JSON.parse(fs.readFileSync(prompts));
const MOST = 96;

function median(values) {
    const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

async function ask(text, held) {
    const tokens = model.tokenize(text, true);
    let kept = 0;
    while (kept < held.length && kept < tokens.length - 1 && held[kept] === tokens[kept]) kept++;
    if (kept === 0) await sequence.clearHistory();
    else await sequence.eraseContextTokenRanges([{start: kept, end: sequence.nextTokenIndex}]);
    const start = performance.now(), cpu = process.cpuUsage(), answer = [];
    const spent = () => { const x = process.cpuUsage(cpu); return (x.user + x.system) / 1000; };
    let first = null, before = null, firstCpu = null;
    const gaps = [];
    for await (const token of sequence.evaluate(tokens.slice(kept), {temperature: 0, yieldEogToken: true})) {
        const now = performance.now();
        if (first === null) { first = now - start; firstCpu = spent(); }
        else gaps.push(now - before);
        before = now;
        if (model.isEogToken(token) || answer.length >= MOST) break;
        answer.push(token);
    }
    const total = performance.now() - start;
    return {
        tokens, count: answer.length, first, total, firstCpu, cpu: spent(), least: Math.min(...gaps),
        speed: answer.length * 1000 / (total - first), text: model.detokenize(answer),
    };
}

await ask(texts[0], []);
const cold = [], warm = [];
for (let round = 0; round < +rounds; round++) {
    for (let at = 0; at < texts.length; at++) {
        const answer = await ask(texts[at], []);
        cold.push(answer);
        warm.push(await ask(texts[(at + 1) % texts.length], answer.tokens));
    }
}
const peak = +/VmHWM:\s+(\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1];
console.log(JSON.stringify({
    prompt_tokens: median(cold.map(x => x.tokens.length)),
    prompt_tokens_per_s: median(cold.map(x => x.tokens.length * 1000 / x.first)),
    first_token_cold_ms: median(cold.map(x => x.first)),
    least_first_token_cold_ms: Math.min(...cold.map(x => x.first)),
    first_token_warm_ms: median(warm.map(x => x.first)),
    plain_tokens_per_s: median([...cold, ...warm].map(x => x.speed)),
    least_token_ms: Math.min(...[...cold, ...warm].map(x => x.least)),
    answer_cold_ms: median(cold.map(x => x.total)),
    answer_warm_ms: median(warm.map(x => x.total)),
    first_token_cold_cpu_ms: median(cold.map(x => x.firstCpu)),
    answer_cold_cpu_ms: median(cold.map(x => x.cpu)),
    peak_memory_mb: peak * 1024 / 1e6,
    texts: cold.slice(0, texts.length).map(x => x.text),
}));
process.exit(0);
