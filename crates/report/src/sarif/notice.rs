//! What a run says of itself that a reader of its results should know.

use super::model::{Component, Invocation, Notification, each, index, int};
use super::text::text;
use crate::Place;
use crate::json::Json;
use crate::stream::{Halt, Sink};

/// Warns that a tool failed, and of what it said about itself.
pub(super) fn invocation(
    invocation: &Invocation,
    driver: Option<&Component>,
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
            sink.warn(
                place,
                format!("{level} of the tool about itself: {}", words(notification, driver)),
            )?;
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

/// What a notification says, its message looked up in the driver if that has been read (section 3.11.7).
fn words(notification: &Notification, driver: Option<&Component>) -> String {
    let named = notification.descriptor.as_ref();
    let id = named.and_then(|own| own.id.as_ref());
    let listed = driver.and_then(|driver| {
        let at = named.and_then(|own| index(own.index));
        let by_index = at.and_then(|at| driver.notifications.as_ref()?.get(at));
        by_index.or_else(|| each(&driver.notifications).find(|own| own.id.as_ref() == id))
    });
    let strings = [
        listed.and_then(|own| own.message_strings.as_ref()),
        driver.and_then(|driver| driver.global_message_strings.as_ref()),
    ];
    let message = notification.message.as_ref().and_then(|own| text(own, &strings));
    message.or_else(|| id.cloned()).unwrap_or_default()
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
