//! The chat page: a few hand-written files inside the binary.

use std::future::{Ready, ready};

use actix_web::HttpResponse;
use actix_web::http::header::CACHE_CONTROL;

/// One file of the page.
#[derive(Debug)]
pub struct PageFile {
    /// Where it is served.
    pub path: &'static str,
    content_type: &'static str,
    body: &'static str,
}

/// Every file of the page.
pub static FILES: [PageFile; 6] = [
    PageFile {
        path: "/",
        content_type: "text/html; charset=utf-8",
        body: include_str!("page/index.html"),
    },
    PageFile {
        path: "/chat.css",
        content_type: "text/css; charset=utf-8",
        body: include_str!("page/chat.css"),
    },
    PageFile {
        path: "/chat.js",
        content_type: "text/javascript; charset=utf-8",
        body: include_str!("page/chat.js"),
    },
    PageFile {
        path: "/view.js",
        content_type: "text/javascript; charset=utf-8",
        body: include_str!("page/view.js"),
    },
    PageFile {
        path: "/stream.js",
        content_type: "text/javascript; charset=utf-8",
        body: include_str!("page/stream.js"),
    },
    PageFile {
        path: "/icon.svg",
        content_type: "image/svg+xml",
        body: include_str!("page/icon.svg"),
    },
];

/// Serves a file. Asked for anew each time, so that page, style and script always come
/// from the same binary.
pub fn serve(file: &'static PageFile) -> Ready<HttpResponse> {
    ready(
        HttpResponse::Ok()
            .content_type(file.content_type)
            .insert_header((CACHE_CONTROL, "no-cache"))
            .body(file.body),
    )
}

#[cfg(test)]
mod tests {
    use super::FILES;

    /// The policy forbids inline code and foreign hosts; a page that needs them would
    /// break in the browser only.
    #[test]
    fn nothing_inline_and_nothing_foreign() {
        for file in &FILES {
            for forbidden in [
                "style=\"",
                " onclick=",
                "<style",
                "<script>",
                "innerHTML",
                "https://",
                "http://",
            ] {
                let body = file.body.replace("http://www.w3.org/2000/svg", "");
                assert!(!body.contains(forbidden), "{} in {}", forbidden, file.path);
            }
        }
    }
}
