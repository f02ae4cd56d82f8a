//! The seeded choice among the places where a file can be broken.

use super::fault::Fault;
use super::rule::Rule;

/// A place where a rule fires.
pub(super) struct Site<'t> {
    pub(super) rule: Rule,
    pub(super) function: &'t str,
    pub(super) fault: Fault,
}

/// At most `limit` of the sites, in the order of the file: first one of each rule, so that what is rare is not
/// crowded out, then the others.
pub(super) fn choose(sites: Vec<Site<'_>>, seed: u64, limit: usize) -> Vec<Site<'_>> {
    let mut keyed: Vec<_> =
        sites.into_iter().map(|site| (key(seed, &site), 0_usize, site)).collect();
    keyed.sort_by_key(|(key, _, site)| (site.rule.name, *key));
    let mut round = 0;
    for at in 1..keyed.len() {
        round = if keyed[at].2.rule.name == keyed[at - 1].2.rule.name { round + 1 } else { 0 };
        keyed[at].1 = round;
    }
    keyed.sort_by_key(|(key, round, site)| (*round, *key, site.rule.name));
    keyed.truncate(limit);
    let mut chosen: Vec<_> = keyed.into_iter().map(|(_, _, site)| site).collect();
    chosen.sort_by_key(|site| (site.fault.range.start, site.rule.name));
    chosen
}

/// A number that depends on the seed, the rule and the place alone (FNV-1a, mixed as SplitMix64 does).
fn key(seed: u64, site: &Site<'_>) -> u64 {
    let place = site.fault.range.start as u64;
    let bytes = site.rule.name.bytes().chain(place.to_le_bytes()).chain(seed.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
