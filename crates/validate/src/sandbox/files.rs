//! Landlock: which files a command reaches.

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, LandlockStatus, Ruleset,
    RulesetAttr, RulesetCreatedAttr, RulesetError, Scope, path_beneath_rules,
};

use super::{DEVICES, Policy, readable, unavailable};
use crate::Error;

/// Newer rights than those of this version are not asked for.
const NEWEST: ABI = ABI::V6;

/// Confines this process to the files of `policy`; returns the version of Landlock that does it.
pub(super) fn restrict(policy: &Policy) -> Result<u32, Error> {
    let failed = |error: RulesetError| unavailable(&format!("Landlock: {error}"));
    let status = ruleset(policy).map_err(failed)?;
    match status {
        LandlockStatus::Available { effective_abi, .. } => Ok(effective_abi as u32),
        _ => Err(unavailable("Landlock: the kernel does not have it, or has it turned off")),
    }
}

fn ruleset(policy: &Policy) -> Result<LandlockStatus, RulesetError> {
    let read = AccessFs::from_read(NEWEST);
    let device = AccessFs::ReadFile | AccessFs::WriteFile;
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .add_rules(path_beneath_rules(readable(policy), read))?
        .add_rules(path_beneath_rules(DEVICES, device))?
        .add_rules(path_beneath_rules(&policy.writable, AccessFs::from_all(NEWEST)))?
        .restrict_self()?;
    Ok(status.landlock)
}
