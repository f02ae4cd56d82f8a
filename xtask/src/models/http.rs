//! One file over HTTP, resumed where an earlier attempt ended.

use std::time::Duration;

use anyhow::bail;
use ureq::http::{Response, header};
use ureq::{Agent, Body};

use super::partial::{Interrupted, Partial};
use super::progress::{Event, Progress};

/// Attempts in a row that may bring nothing new before the source is given up.
const ATTEMPTS: u32 = 3;

/// Fetches `url`, a file of `size` bytes, into `partial`, going on after the bytes that are there.
pub(super) fn fetch(
    url: &str,
    size: u64,
    partial: &mut Partial,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    let agent = agent();
    let mut best = partial.len();
    let mut fruitless = 0;
    while partial.len() < size {
        let Err(error) = attempt(&agent, url, size, partial, progress) else { break };
        if partial.len() > best {
            best = partial.len();
            fruitless = 0;
        }
        fruitless += 1;
        if fruitless == ATTEMPTS || !error.is::<Interrupted>() {
            return Err(error);
        }
        progress.event(Event::Note(&format!("{error:#}; trying again")));
        std::thread::sleep(Duration::from_secs(fruitless.into()));
    }
    Ok(())
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .accept_encoding("identity")
        .timeout_connect(Some(Duration::from_secs(15)))
        .timeout_recv_response(Some(Duration::from_secs(30)))
        .timeout_per_read(Some(Duration::from_secs(30)))
        .build()
        .into()
}

fn attempt(
    agent: &Agent,
    url: &str,
    size: u64,
    partial: &mut Partial,
    progress: &mut dyn Progress,
) -> anyhow::Result<()> {
    let start = partial.len();
    let mut request = agent.get(url);
    if start > 0 {
        request = request.header(header::RANGE, format!("bytes={start}-"));
    }
    let response = request.call().map_err(|error| unanswered(error, start))?;
    match response.status().as_u16() {
        200 => partial.truncate(0)?,
        206 if range_start(&response) == Some(start) => {}
        206 | 416 => {
            partial.truncate(0)?;
            bail!(Interrupted("the server cannot go on where the download ended".to_owned()));
        }
        408 | 429 | 500.. => bail!(Interrupted(format!("HTTP {}", response.status()))),
        _ => bail!("HTTP {}", response.status()),
    }
    let announced = response.body().content_length().map(|rest| partial.len().saturating_add(rest));
    if let Some(announced) = announced.filter(|announced| *announced != size) {
        bail!("the file there has {announced} bytes, not {size}");
    }
    partial.fill(response.into_body().into_reader(), size, progress)?;
    if partial.len() < size {
        bail!(Interrupted(format!("the answer ended after {} of {size} bytes", partial.len())));
    }
    Ok(())
}

/// A server that never answered is given up at once, one that did before may be back soon.
fn unanswered(error: ureq::Error, start: u64) -> anyhow::Error {
    match start {
        0 => anyhow::Error::from(error).context("no answer"),
        _ => Interrupted(format!("no answer: {error}")).into(),
    }
}

/// The first byte that a partial answer carries: `Content-Range: bytes START-END/SIZE`.
fn range_start(response: &Response<Body>) -> Option<u64> {
    let range = response.headers().get(header::CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}
