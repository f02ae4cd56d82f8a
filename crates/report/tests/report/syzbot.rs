//! Mails of syzbot.

use fixwright_report::{Format, parse};

use crate::corpus::{corpus, read};
use crate::digest;

#[test]
fn files() {
    digest::check_folder("syzbot", Format::Syzbot);
}

/// Syzbot's subject says which function it holds to be the place; for a hung task the lock's user counts here.
#[test]
fn mails() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/tools/syzbot");
    let mut seen = 0;
    for (name, rule, place, function) in [
        ("INFO-task-hung", "task-hung", "fs/namei.c:2923", "__start_dirop"),
        (
            "KASAN-null-ptr-deref",
            "null-ptr-deref",
            "fs/jbd2/journal.c:1889",
            "jbd2_journal_update_sb_log_tail",
        ),
        ("KASAN-out-of-bounds", "out-of-bounds", "fs/ext4/xattr.c:1781", "ext4_xattr_set_entry"),
        ("KASAN-slab-out-of-bounds", "use-after-free", "fs/ext4/namei.c:1469", "ext4_search_dir"),
        (
            "KASAN-slab-use-after-free",
            "slab-use-after-free",
            "fs/ext4/dir.c:85",
            "__ext4_check_dir_entry",
        ),
        ("KASAN-use-after-free", "use-after-free", "fs/ext4/xattr.c:334", "xattr_find_entry"),
        ("WARNING", "WARNING", "fs/ext4/extents.c:3486", "ext4_split_extent"),
        ("general-protection-fault", "general-protection-fault", "lib/xarray.c:2390", "xa_destroy"),
        ("kernel-BUG", "kernel-BUG", "fs/ext4/ext4_extents.h:193", "ext4_ext_mark_unwritten"),
        (
            "possible-deadlock",
            "circular-locking",
            "fs/jbd2/transaction.c:151",
            "wait_transaction_locked",
        ),
    ] {
        let mail = read(folder.join(format!("{name}.eml.txt")));
        let found = parse(&mail).unwrap();
        assert_eq!(found.format, Format::Syzbot, "{name}");
        let [report] = &*found.reports else { panic!("{name}: {} reports", found.reports.len()) };
        assert_eq!(report.rule.id.as_deref(), Some(rule), "{name}");
        assert_eq!(report.location.to_string(), place, "{name}");
        assert_eq!(report.location.function.as_deref(), Some(function), "{name}");
        let subject = mail.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
        assert!(subject.ends_with(report.title.as_deref().unwrap()), "{name}");
        let id = mail.split_once("extid=").unwrap().1.lines().next();
        assert_eq!(report.native_id.as_deref(), id, "{name}");
        for key in ["HEAD commit", "git tree", "console output", "compiler"] {
            let (_, value) = report.extra.iter().find(|(name, _)| name == key).unwrap();
            assert!(mail.contains(&**value), "{name}: {key}");
        }
        assert_eq!(report.warnings, [], "{name}");
        seen += 1;
    }
    assert_eq!(seen, std::fs::read_dir(folder).unwrap().count());
}
