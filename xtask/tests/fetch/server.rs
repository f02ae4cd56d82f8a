//! A file server that misbehaves on demand.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How one request is answered.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// As asked for: a range where one was named.
    Good,
    /// The whole file, whatever range was named.
    IgnoreRange,
    /// As asked for, but the connection ends after so many bytes.
    Cut(usize),
    /// Only a status.
    Status(u16),
    /// A range that was not asked for.
    WrongRange,
    /// As asked for, after a while.
    Slow,
}

/// The server: a thread that lives as long as the test.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// What was asked: the path, and the first byte of a range.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// The path.
    pub(crate) path: String,
    /// The first byte of the range, if one was named.
    pub(crate) start: Option<usize>,
}

impl Server {
    /// Serves `content`, giving `answers` in order and the last one for ever.
    pub(crate) fn start(content: &'static [u8], answers: &'static [Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        std::thread::spawn(move || {
            for (count, stream) in listener.incoming().enumerate() {
                let stream = stream.unwrap();
                let request = read(&stream);
                seen.lock().unwrap().push(request.clone());
                answer(&stream, content, request.start, answers[count.min(answers.len() - 1)]);
            }
        });
        Self { url, requests }
    }

    /// The first bytes of the ranges asked for so far.
    pub(crate) fn starts(&self) -> Vec<Option<usize>> {
        self.requests().into_iter().map(|request| request.start).collect()
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

fn read(stream: &TcpStream) -> Request {
    let mut lines = BufReader::new(stream).lines().map(Result::unwrap);
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let start = headers.iter().find_map(|line| {
        let line = line.to_ascii_lowercase();
        line.strip_prefix("range: bytes=")?.trim_end_matches('-').parse().ok()
    });
    Request { path, start }
}

fn answer(mut stream: &TcpStream, content: &[u8], start: Option<usize>, answer: Answer) {
    let size = content.len();
    let (status, from, to) = match (answer, start) {
        (Answer::Status(status), _) => (status, size, size),
        (Answer::WrongRange, _) => (206, 0, size),
        (Answer::IgnoreRange, _) | (_, None) => (200, 0, size),
        (_, Some(start)) if start >= size => (416, size, size),
        (_, Some(start)) => (206, start, size),
    };
    let body = &content[from..to];
    let sent = if let Answer::Cut(cut) = answer { &body[..cut.min(body.len())] } else { body };
    if matches!(answer, Answer::Slow) {
        std::thread::sleep(Duration::from_millis(300));
    }
    let range = format!("Content-Range: bytes {from}-{}/{size}\r\n", to.saturating_sub(1));
    let range = if status == 206 { range.as_str() } else { "" };
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{range}Connection: close\r\n\r\n",
        body.len()
    );
    // The client may hang up first.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(sent));
}
