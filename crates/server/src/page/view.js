// How an answer looks. Builds nodes, never markup from text.

const SECTIONS = {
  overview: "Thủ tục", documents: "Giấy tờ cần nộp", fee: "Phí, lệ phí", time: "Thời hạn giải quyết",
  where: "Nơi nộp hồ sơ", online: "Cách nộp hồ sơ", steps: "Các bước thực hiện", conditions: "Yêu cầu, điều kiện",
  result: "Kết quả nhận được", form: "Mẫu đơn, tờ khai", subject: "Đối tượng thực hiện", legal_basis: "Căn cứ pháp lý",
};
const LEVELS = { xa: "Cấp xã", tinh: "Cấp tỉnh", bo: "Cấp bộ, trung ương", khac: "Cơ quan khác" };
const STATES = { silent: "Nguồn không ghi", not_fetched: "Chưa có trong dữ liệu" };
const WRITERS = {
  model: "Câu chữ do mô hình AI viết, từng câu đã đối chiếu với hồ sơ",
  record: "Câu chữ lấy từ hồ sơ, không qua mô hình AI",
};
const LINES_SHOWN = 6;
const LONG_LINE = 280;

/** An element with properties and children. */
export function el(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** What the citizen asked. */
export function question(text) {
  return el("div", { className: "question" }, el("h2", { className: "hidden", textContent: "Bạn hỏi" }), el("p", { textContent: text }));
}

/** An empty answer with its places, in reading order. */
export function answer() {
  const parts = {
    text: el("p", { className: "text" }),
    waiting: el("p", { className: "waiting", textContent: "Đang tìm trong hồ sơ thủ tục…" }),
    notices: el("div", { className: "notices" }),
    choices: el("div", { className: "choices" }),
    cards: el("div", { className: "cards" }),
    sources: el("div"),
    foot: el("div", { className: "foot" }),
    suggestions: el("div", { className: "suggestions" }),
  };
  parts.root = el("article", { className: "answer" }, el("h2", { className: "hidden", textContent: "Trợ lý trả lời" }), ...Object.values(parts));
  return parts;
}

/** Facts of one procedure. */
export function card(data) {
  const level = LEVELS[data.level];
  return el("section", { className: "card" },
    el("header", {},
      el("h3", { textContent: data.name }),
      el("p", { className: "meta" },
        el("span", { className: "code", textContent: data.code }),
        level ? el("span", { className: "level", textContent: level }) : null)),
    ...data.sections.map(section));
}

function section(data) {
  const state = STATES[data.state];
  const label = data.label || SECTIONS[data.section] || data.section;
  return el("div", { className: `section ${data.state}` },
    el("h4", {}, label, state ? el("span", { className: "state", textContent: state }) : null),
    lines(data.lines));
}

/** Long lists and long lines are folded, never cut; cases open one by one. */
function lines(all) {
  if (all.length === 1) return el("p", {}, line(all[0]));
  const cases = grouped(all);
  if (cases.length === 1 && !cases[0].heading) return list(all);
  return el("div", { className: "cases" }, ...cases.map(({ heading, items }, index) => {
    if (!heading) return list(items);
    const summary = el("summary", { textContent: heading.replace(/:$/, "") });
    return el("details", { className: "case", open: index === 0 || cases.length < 3 }, summary, list(items));
  }));
}

/** Lines under the heading that stands above them, as the record's cases are written. */
function grouped(all) {
  const cases = [];
  for (const text of all) {
    if (/:$|^Trường hợp: /.test(text)) cases.push({ heading: text, items: [] });
    else if (cases.length) cases.at(-1).items.push(text);
    else cases.push({ heading: null, items: [text] });
  }
  return cases;
}

function list(all) {
  const items = all.map((text) => el("li", {}, line(text)));
  if (items.length <= LINES_SHOWN + 1) return el("ul", {}, ...items);
  const more = items.slice(LINES_SHOWN);
  return el("div", {},
    el("ul", {}, ...items.slice(0, LINES_SHOWN)),
    el("details", { className: "more" }, el("summary", { textContent: `Xem thêm ${more.length} dòng` }), el("ul", {}, ...more)));
}

function line(text) {
  if (text.length <= LONG_LINE) return text;
  const cut = text.lastIndexOf(" ", LONG_LINE / 2);
  return el("details", { className: "long" },
    el("summary", {}, el("span", { className: "start", textContent: `${text.slice(0, cut)}… ` }), el("span", { className: "open", textContent: "Xem cả đoạn" })),
    el("span", { textContent: text }));
}

/** Where the facts come from; opens on demand. */
export function sources(citations) {
  if (!citations.length) return "";
  return el("details", { className: "sources" },
    el("summary", { textContent: `Nguồn (${citations.length})` }),
    el("ol", {}, ...citations.map(source)));
}

function source(citation) {
  const about = [citation.code, SECTIONS[citation.section] || citation.section].join(" · ");
  const from = el("p", { className: "meta" });
  const url = safe(citation.url);
  if (url) from.append(el("a", { href: url, target: "_blank", rel: "noopener noreferrer", textContent: "Mở trang công bố" }));
  if (citation.as_of) from.append(el("span", { textContent: `Dữ liệu: ${day(citation.as_of)}` }));
  return el("li", { value: citation.id }, el("p", { className: "about", textContent: about }), el("blockquote", { textContent: citation.quote }), from.childNodes.length ? from : null);
}

function safe(url) {
  const parsed = url && URL.canParse(url) ? new URL(url) : null;
  return parsed && ["https:", "http:"].includes(parsed.protocol) ? parsed.href : null;
}

/** 2026-07-01 and 2026-07 the Vietnamese way round. */
function day(iso) {
  return iso.slice(0, 10).split("-").reverse().join("/");
}

/** A row of buttons that ask on. */
export function buttons(entries, press) {
  return entries.map(({ label, send }) => {
    const button = el("button", { type: "button", textContent: label });
    button.addEventListener("click", () => press(send));
    return button;
  });
}

/** Remarks about the answer. */
export function notices(list) {
  return list.map((text) => el("p", { textContent: text }));
}

/** Whose words these are. */
export function writer(data) {
  const facts = ["answer", "no_information", "journey"].includes(data.route);
  return el("p", { className: "writer", textContent: facts ? WRITERS[data.written_by] : "Câu trả lời soạn sẵn" });
}

/** What went wrong, with a way on. */
export function problem(message, label, retry) {
  return el("div", { className: "problem" }, el("p", { textContent: message }), ...buttons([{ label }], retry));
}
