//! HMAC-SHA256 on a buffer. Write the key to `input()` and call `prepare`; then write a message and call `tag`.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::cell::RefCell;

const BUFFER_BYTES: usize = 4096;

struct Floor {
    buffer: [u8; BUFFER_BYTES],
    key: Option<Hmac<Sha256>>,
}

thread_local! {
    static FLOOR: RefCell<Floor> = const { RefCell::new(Floor { buffer: [0; BUFFER_BYTES], key: None }) };
}

/// Address of the buffer for keys, messages and tags: 4096 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn input() -> *const u8 {
    FLOOR.with_borrow(|floor| floor.buffer.as_ptr())
}

/// Prepares the key in the first `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(length: usize) {
    FLOOR.with_borrow_mut(|floor| {
        floor.key = floor.buffer.get(..length).and_then(|key| Hmac::new_from_slice(key).ok());
    });
}

/// Writes the tag of the first `length` bytes after them. Returns its first byte, so that the compiler cannot drop the
/// computation.
#[unsafe(no_mangle)]
pub extern "C" fn tag(length: usize) -> u32 {
    FLOOR.with_borrow_mut(|floor| {
        let Floor { buffer, key } = floor;
        let (Some(key), Some((message, rest))) = (key, buffer.split_at_mut_checked(length)) else { return u32::MAX };
        let mut mac = key.clone();
        mac.update(message);
        let tag = mac.finalize().into_bytes();
        if let Some(place) = rest.first_chunk_mut::<32>() {
            *place = tag.into();
        }
        u32::from(tag[0])
    })
}
