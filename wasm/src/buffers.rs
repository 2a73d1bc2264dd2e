//! One buffer in, one buffer out.

use crate::{
    convert::{JsonResult, error_json},
    single::Single,
};
use alloc::vec::Vec;
use core::cell::RefCell;
use livekit_edge::{
    LivekitError,
    json::{self, Fields},
};

/// More than any token or row of facts, and room for the largest webhooks; keeps a caller from growing the memory
/// without end.
const MAX_INPUT_BYTES: usize = 8 * 1024 * 1024;

/// `STANDING_BYTES` in pkg/src/wasm/tokens.ts.
#[cfg(feature = "tokens")]
const STANDING_BYTES: usize = 4096;

/// How much of an input's memory is kept for the next.
const KEPT_BYTES: usize = 4096;

pub(crate) struct Buffers {
    input: Vec<u8>,
    output: Vec<u8>,
    /// An input that stays where it is, for the texts of the hot path.
    #[cfg(feature = "tokens")]
    standing: Vec<u8>,
}

static BUFFERS: Single<RefCell<Buffers>> = Single::new(RefCell::new(Buffers {
    input: Vec::new(),
    output: Vec::new(),
    #[cfg(feature = "tokens")]
    standing: Vec::new(),
}));

pub(crate) fn with_buffers<T>(call: impl FnOnce(&mut Buffers) -> T) -> T {
    call(&mut BUFFERS.get().borrow_mut())
}

/// Runs an operation that takes and returns JSON. Arguments of another shape give `misfit`: the wrapper writes
/// them, so what does not fit came from outside, such as a row of the store.
///
/// Here and below, `dyn` keeps the module from holding a copy of all this for each operation.
pub(crate) fn with_json(misfit: LivekitError, operation: &dyn Fn(&Fields<'_>) -> JsonResult) -> i32 {
    with_buffers(|buffers| buffers.run(|input| run_json(input, misfit, operation)))
}

/// As [`with_json`], of arguments that are the first `length` bytes of the input; the rest goes along.
pub(crate) fn with_json_and_bytes(
    length: usize,
    misfit: LivekitError,
    operation: &dyn Fn(&Fields<'_>, &[u8]) -> JsonResult,
) -> i32 {
    with_buffers(|buffers| {
        buffers.run(|input| {
            let (arguments, bytes) = input.split_at_checked(length).unwrap_or_default();
            run_json(arguments, misfit, &|arguments| operation(arguments, bytes))
        })
    })
}

fn run_json(
    input: &[u8],
    misfit: LivekitError,
    operation: &dyn Fn(&Fields<'_>) -> JsonResult,
) -> Result<Vec<u8>, LivekitError> {
    let result = json::read_object(input, operation).unwrap_or(Err(misfit))?;
    Ok(result.into_bytes())
}

impl Buffers {
    pub(crate) fn reserve(&mut self, length: usize) -> *const u8 {
        self.input.clear();
        if length > MAX_INPUT_BYTES {
            // No operation takes this for its arguments.
            self.input.push(0);
            return core::ptr::null();
        }
        self.input.resize(length, 0);
        self.input.as_ptr()
    }

    /// Where the standing input is, with room for [`STANDING_BYTES`].
    #[cfg(feature = "tokens")]
    pub(crate) fn standing(&mut self) -> *const u8 {
        self.standing.resize(STANDING_BYTES, 0);
        self.standing.as_ptr()
    }

    pub(crate) fn output(&self) -> *const u8 {
        self.output.as_ptr()
    }

    /// Runs an operation on the input and wipes it, since it may hold a secret.
    pub(crate) fn run(&mut self, operation: impl FnOnce(&[u8]) -> Result<Vec<u8>, LivekitError>) -> i32 {
        let result = operation(&self.input);
        self.end(result)
    }

    /// As [`Self::run`], on the first `length` bytes of the standing input; the output takes no new memory.
    #[cfg(feature = "tokens")]
    pub(crate) fn run_standing(
        &mut self,
        length: usize,
        operation: impl FnOnce(&[u8], &mut Vec<u8>) -> Result<(), LivekitError>,
    ) -> i32 {
        self.output.clear();
        let input = self.standing.get_mut(..length).unwrap_or_default();
        let result = operation(input, &mut self.output);
        input.fill(0);
        core::hint::black_box(input);
        match result {
            Ok(()) => self.output_length(),
            Err(error) => self.end(Err(error)),
        }
    }

    #[inline(never)]
    fn end(&mut self, result: Result<Vec<u8>, LivekitError>) -> i32 {
        // As far as it was written: a wipe of the whole memory would cost every call what the largest input took.
        self.input.fill(0);
        core::hint::black_box(&self.input);
        self.input.clear();
        self.input.shrink_to(KEPT_BYTES);
        match result {
            Ok(output) => {
                self.output = output;
                self.output_length()
            }
            Err(error) => {
                self.output = error_json(&error).into_bytes();
                self.output_length().saturating_neg()
            }
        }
    }

    fn output_length(&self) -> i32 {
        i32::try_from(self.output.len()).unwrap_or(0)
    }
}
