//! One buffer in, one buffer out.

use livekit_edge::LivekitError;
use serde::{Serialize, de::DeserializeOwned};
use std::cell::RefCell;
use zeroize::Zeroize;

/// More than any request body, token or row of facts; keeps a caller from growing the memory for good.
const MAX_INPUT_BYTES: usize = 256 * 1024;

#[derive(Default)]
pub(crate) struct Buffers {
    input: Vec<u8>,
    output: Vec<u8>,
}

thread_local! {
    static BUFFERS: RefCell<Buffers> = const { RefCell::new(Buffers { input: Vec::new(), output: Vec::new() }) };
}

pub(crate) fn with_buffers<T>(call: impl FnOnce(&mut Buffers) -> T) -> T {
    BUFFERS.with_borrow_mut(call)
}

/// Runs an operation that takes and returns JSON. Arguments of another shape give `misfit`: the wrapper writes
/// them, so what does not fit came from outside, such as a row of the store.
pub(crate) fn with_json<A: DeserializeOwned, R: Serialize>(
    misfit: LivekitError,
    operation: impl FnOnce(A) -> Result<R, LivekitError>,
) -> i32 {
    with_buffers(|buffers| {
        buffers.run(|input| {
            let arguments = serde_json::from_slice(input).map_err(|_| misfit)?;
            serde_json::to_vec(&operation(arguments)?).map_err(|_| LivekitError::TokenGeneration)
        })
    })
}

impl Buffers {
    pub(crate) fn reserve(&mut self, length: usize) -> *const u8 {
        if length > MAX_INPUT_BYTES {
            return core::ptr::null();
        }
        self.input.clear();
        self.input.resize(length, 0);
        self.input.as_ptr()
    }

    pub(crate) fn output(&self) -> *const u8 {
        self.output.as_ptr()
    }

    /// Runs an operation on the input and wipes it, since it may hold a secret.
    pub(crate) fn run(&mut self, operation: impl FnOnce(&[u8]) -> Result<Vec<u8>, LivekitError>) -> i32 {
        let result = operation(&self.input);
        self.input.zeroize();
        match result {
            Ok(output) => {
                self.output = output;
                self.output_length()
            }
            Err(error) => {
                self.output = error_json(&error);
                self.output_length().saturating_neg()
            }
        }
    }

    fn output_length(&self) -> i32 {
        i32::try_from(self.output.len()).unwrap_or(0)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorJson {
    code: &'static str,
    status_code: u16,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
}

fn error_json(error: &LivekitError) -> Vec<u8> {
    let json = ErrorJson {
        code: error.code(),
        status_code: error.status(),
        message: error.to_string(),
        violations: error.violations(),
        error: error.label(),
        reason: error.reason(),
    };
    serde_json::to_vec(&json).unwrap_or_default()
}
