// Server-sent events over fetch: EventSource cannot POST.

/** Sends a question and calls `on(name, data)` for every event. */
export async function ask(body, on, signal) {
  const response = await fetch("v1/chat", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ ...body, stream: true }),
    signal,
  });
  if (!response.ok) {
    throw await problem(response);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let ended = false;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parse(block);
      if (!event) continue;
      if (event.name === "error") throw event.data;
      ended = ended || event.name === "final";
      on(event.name, event.data);
    }
  }
  if (!ended) {
    throw { code: "interrupted", message: "Kết nối bị ngắt giữa chừng. Bạn hãy thử lại." };
  }
}

/** One block of an event stream, null for a comment. */
function parse(block) {
  let name = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) name = line.slice(6).trim();
    if (line.startsWith("data:")) data.push(line.slice(5).trimStart());
  }
  return data.length ? { name, data: JSON.parse(data.join("\n")) } : null;
}

/** The server's own words for an error, or ours when it has none. */
export async function problem(response) {
  try {
    return (await response.json()).error;
  } catch {
    return { code: "internal", message: "Hệ thống chưa trả lời được. Bạn hãy thử lại." };
  }
}
