// The conversation: asks, shows what comes, remembers it for this tab only.

import { ask, problem as failure } from "./stream.js";
import * as view from "./view.js";

const EXAMPLES = [
  "Đăng ký thường trú cần giấy tờ gì?",
  "Làm giấy khai sinh cho con mất bao lâu?",
  "Đăng ký kết hôn ở đâu, lệ phí bao nhiêu?",
  "Mất căn cước thì làm lại thế nào?",
  "Xin giấy xác nhận tình trạng hôn nhân",
  "Mở hộ kinh doanh cần chuẩn bị gì?",
  "Sang tên sổ đỏ cho con",
  "Người thân qua đời thì làm thủ tục gì?",
];
const KEY = "motcua.conversation";
const at = (id) => document.getElementById(id);
const [log, box, send, form, erase, status] = ["log", "question", "send", "composer", "erase", "status"].map(at);

let memory = recall();
let running = null;

function recall() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY));
    if (Array.isArray(kept?.turns)) return kept;
  } catch { /* private mode, or written by an older page: start anew */ }
  return { id: null, turns: [] };
}

function remember() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(memory));
  } catch { /* no room or not allowed: the conversation lives in the page alone */ }
}

function fillExamples() {
  at("examples").append(...view.buttons(EXAMPLES.map((text) => ({ label: text, send: text })), submit).map((button) => view.el("li", {}, button)));
}

function toggle(busy) {
  at("send-label").textContent = busy ? "Dừng" : "Gửi";
  send.classList.toggle("stop", busy);
  const talking = log.childElementCount > 0;
  at("welcome").hidden = talking;
  erase.hidden = !talking;
}

/** Asks a question and shows the answer as it comes. */
async function submit(text) {
  const message = text.trim();
  if (!message || running) return;
  if (message === box.value.trim()) box.value = "";
  resize();
  const parts = view.answer();
  const asked = view.question(message);
  log.append(asked, parts.root);
  running = new AbortController();
  toggle(true);
  asked.scrollIntoView({ block: "start", behavior: calm() ? "auto" : "smooth" });
  try {
    await ask({ message, conversation_id: memory.id }, (name, data) => show(parts, name, data, message), running.signal);
  } catch (error) {
    stopped([asked, parts.root], parts, error, message);
  } finally {
    running = null;
    parts.waiting.remove();
    toggle(false);
  }
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function show(parts, name, data, message) {
  if (name === "accepted") {
    memory.id = data.conversation_id;
  } else if (name === "card") {
    parts.cards.append(view.card(data));
    parts.waiting.textContent = "Đang viết câu trả lời…";
  } else if (name === "sources") {
    parts.sources.replaceChildren(view.sources(data));
  } else if (name === "delta") {
    parts.text.append(data.text);
    parts.waiting.remove();
  } else if (name === "final") {
    memory.id = data.conversation_id;
    memory.turns.push({ message, answer: data });
    remember();
    finish(parts, data);
    at("spoken").textContent = [data.text, ...data.notices].join(" ");
  }
}

/** The whole answer: what streamed stays, the rest joins it. */
function finish(parts, data) {
  parts.waiting.remove();
  if (parts.text.textContent !== data.text) parts.text.textContent = data.text;
  if (parts.cards.childElementCount !== data.cards.length) parts.cards.replaceChildren(...data.cards.map(view.card));
  parts.notices.replaceChildren(...view.notices(data.notices));
  parts.choices.replaceChildren(...view.buttons(data.choices, submit));
  if (!parts.sources.childElementCount) parts.sources.replaceChildren(view.sources(data.citations));
  parts.foot.replaceChildren(view.writer(data), thumbs(data.message_id));
  parts.suggestions.replaceChildren(...view.buttons(data.suggestions.map((text) => ({ label: text, send: text })), submit));
}

function thumbs(id) {
  const row = view.el("div", { className: "thumbs" });
  const rate = async (rating) => {
    const body = JSON.stringify({ message_id: id, rating });
    const response = await fetch("v1/feedback", { method: "POST", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
    const words = response?.ok ? "Cảm ơn bạn đã góp ý." : "Chưa ghi nhận được góp ý.";
    row.replaceChildren(view.el("span", { textContent: words }));
    at("spoken").textContent = words;
  };
  row.append(...view.buttons([{ label: "Hữu ích", send: 1 }, { label: "Chưa đúng", send: -1 }], rate));
  return row;
}

function stopped(nodes, parts, error, message) {
  if (error.name === "AbortError") {
    parts.foot.replaceChildren(view.el("p", { className: "writer", textContent: "Bạn đã dừng câu trả lời này." }));
    return;
  }
  const full = error.code === "conversation_full";
  const words = error.code ? error.message : "Không kết nối được. Bạn hãy kiểm tra mạng rồi thử lại.";
  const on = () => {
    if (full) startAnew();
    else nodes.forEach((node) => node.remove());
    submit(message);
  };
  parts.foot.replaceChildren(view.problem(words, full ? "Bắt đầu cuộc trò chuyện mới" : "Thử lại", on));
  at("spoken").textContent = words;
}

function startAnew() {
  memory = { id: null, turns: [] };
  remember();
  log.replaceChildren();
  toggle(false);
}

async function forget() {
  if (!confirm("Xoá cuộc trò chuyện này khỏi máy chủ và khỏi trang?")) return;
  running?.abort();
  if (memory.id) {
    const path = `v1/conversations/${encodeURIComponent(memory.id)}`;
    const response = await fetch(path, { method: "DELETE" }).catch(() => null);
    if (!response?.ok) {
      const words = response ? (await failure(response)).message : "Không kết nối được nên chưa xoá được. Bạn hãy thử lại.";
      log.append(view.problem(words, "Thử lại", forget));
      return;
    }
  }
  startAnew();
  box.focus();
}

function resize() {
  box.rows = 1;
  const line = parseFloat(getComputedStyle(box).lineHeight);
  box.rows = Math.min(6, Math.max(1, Math.round((box.scrollHeight - 20) / line)));
}

/** Says when answers come without the model, until it is ready. */
async function watchModel() {
  const response = await fetch("readyz").catch(() => null);
  const model = response?.ok ? (await response.json()).model : null;
  const words = { loading: "Mô hình AI đang khởi động", off: "Trả lời bằng lời của hồ sơ", broken: "Trả lời bằng lời của hồ sơ" }[model];
  status.hidden = !words;
  status.textContent = words ?? "";
  if (model === "loading") setTimeout(watchModel, 4000);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) running.abort();
  else submit(box.value);
});
box.addEventListener("input", resize);
box.addEventListener("keydown", (event) => {
  // An input method composing a Vietnamese syllable uses Enter for itself.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (!running) submit(box.value);
});
erase.addEventListener("click", forget);

fillExamples();
for (const turn of memory.turns) {
  const parts = view.answer();
  log.append(view.question(turn.message), parts.root);
  finish(parts, turn.answer);
}
toggle(false);
watchModel();
