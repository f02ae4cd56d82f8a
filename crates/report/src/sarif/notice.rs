//! What a run says of itself that a reader of its results should know.

use super::convert::said;
use super::model::{Invocation, Notification, each, int};
use crate::Place;
use crate::json::Json;
use crate::stream::{Halt, Sink};

/// Warns that a tool failed, and of what it said about itself.
pub(super) fn invocation(
    invocation: &Invocation,
    place: Place,
    sink: &mut Sink<'_>,
) -> Result<(), Halt> {
    if invocation.execution_successful == Some(false) {
        sink.warn(place, failure(invocation))?;
    }
    let execution = each(&invocation.tool_execution_notifications);
    let configuration = each(&invocation.tool_configuration_notifications);
    for notification in execution.chain(configuration) {
        let level = notification.level.as_deref().unwrap_or("warning");
        if matches!(level, "warning" | "error") {
            sink.warn(place, format!("{level} of the tool about itself: {}", words(notification)))?;
        }
    }
    Ok(())
}

fn failure(invocation: &Invocation) -> String {
    let code = int(invocation.exit_code).map(|code| format!("exit code {code}"));
    let signal = invocation.exit_signal_name.as_ref().map(|name| format!("signal {name}"));
    let why = [code, signal]
        .into_iter()
        .chain([invocation.exit_code_description.clone()])
        .chain([invocation.process_start_failure_message.clone()]);
    let why: Vec<String> = why.flatten().collect();
    let colon = if why.is_empty() { "" } else { ": " };
    format!("the tool says that its run failed, results may be missing{colon}{}", why.join(", "))
}

fn words(notification: &Notification) -> String {
    let message = said(&notification.message);
    let descriptor = notification.descriptor.as_ref().and_then(|own| own.id.clone());
    if message.is_empty() { descriptor.unwrap_or_default() } else { message }
}

/// Warns of parts of a run that are kept in other files.
pub(super) fn external(json: &mut Json<'_, '_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let place = json.place();
    let mut parts = Vec::new();
    json.object(&mut |json, name| {
        let is_none = matches!(json.raw()?.bytes.as_slice(), b"[]" | b"null");
        parts.extend((!is_none).then(|| name.to_owned()));
        Ok(())
    })?;
    if parts.is_empty() {
        return Ok(());
    }
    sink.warn(place, format!("kept in other files, which are not read: {}", parts.join(", ")))
}
