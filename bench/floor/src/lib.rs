//! `input()` is where the key and then the messages are written, `prepare` takes the key, `tag` is the floor.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::cell::RefCell;

const ROOM: usize = 4096;

struct Floor {
    buffer: [u8; ROOM],
    key: Option<Hmac<Sha256>>,
}

thread_local! {
    static FLOOR: RefCell<Floor> = const { RefCell::new(Floor { buffer: [0; ROOM], key: None }) };
}

/// Where keys and messages go, and tags come from: 4096 bytes.
#[unsafe(no_mangle)]
pub extern "C" fn input() -> *const u8 {
    FLOOR.with_borrow(|floor| floor.buffer.as_ptr())
}

/// Prepares the key that is the first `length` bytes.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(length: usize) {
    FLOOR.with_borrow_mut(|floor| {
        floor.key = floor.buffer.get(..length).and_then(|key| Hmac::new_from_slice(key).ok());
    });
}

/// Writes the tag of the first `length` bytes after them and returns its first byte, so that nothing is left out.
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
