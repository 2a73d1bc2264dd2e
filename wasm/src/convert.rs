//! Convert, call, convert back.

use alloc::string::String;
use livekit_edge::{
    LAST_DATE, LivekitError,
    json::{Fields, ObjectWriter, WrongType},
};

/// What an operation on JSON makes of its arguments: JSON, a refusal, or arguments of another shape than it takes.
pub(crate) type JsonResult = Result<Result<String, LivekitError>, WrongType>;

/// Writes a JSON object.
pub(crate) fn object(write: impl FnOnce(&mut ObjectWriter<'_>)) -> String {
    let mut out = String::new();
    let mut object = ObjectWriter::new(&mut out);
    write(&mut object);
    object.end();
    out
}

pub(crate) fn now(arguments: &Fields<'_>) -> Result<u64, WrongType> {
    arguments.whole_number("now")?.ok_or(WrongType)
}

pub(crate) fn error_json(error: &LivekitError) -> String {
    object(|out| {
        out.text("code", error.code());
        out.number("statusCode", error.status().into());
        out.text("message", &error.message());
        out.texts("violations", error.violations());
        out.text_if_any("error", error.label().unwrap_or_default());
        out.text_if_any("reason", error.reason().unwrap_or_default());
    })
}

/// As JavaScript's `Date` can hold it.
pub(crate) fn expires_at(seconds: u64) -> Result<f64, LivekitError> {
    #[allow(clippy::cast_precision_loss, reason = "exact: the bound is below 2^53")]
    if seconds <= LAST_DATE { Ok(seconds as f64) } else { Err(LivekitError::TokenGeneration) }
}
