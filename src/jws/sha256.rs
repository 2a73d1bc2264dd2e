//! SHA-256 (FIPS 180-4) from a state that many messages share.

use sha2::block_api::compress256;
use zeroize::Zeroize;

const BLOCK: usize = 64;

/// Digest of `message`.
pub(crate) fn digest(message: &[u8]) -> [u8; 32] {
    Midstate::START.finish(message)
}

/// What SHA-256 knows after some whole blocks of a message. Those of an HMAC key are as secret as the key, so every one
/// is wiped when dropped.
#[derive(Clone)]
pub(crate) struct Midstate {
    state: [u32; 8],
    /// How many bytes were hashed: a multiple of [`BLOCK`].
    bytes: u64,
}

impl Midstate {
    /// Before any block (FIPS 180-4 section 5.3.3).
    pub(crate) const START: Self = Self {
        state: [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19],
        bytes: 0,
    };

    /// Hashes the whole blocks that `message` begins with, and returns what is left of it.
    pub(crate) fn update<'m>(&mut self, message: &'m [u8]) -> &'m [u8] {
        let (blocks, rest) = message.as_chunks::<BLOCK>();
        compress256(&mut self.state, blocks);
        let hashed = message.len().saturating_sub(rest.len());
        self.bytes = self.bytes.saturating_add(u64::try_from(hashed).unwrap_or(u64::MAX));
        rest
    }

    /// The digest of a message that ends with `rest`, after the blocks that were hashed already.
    pub(crate) fn finish(mut self, rest: &[u8]) -> [u8; 32] {
        let rest = self.update(rest);
        let bits = self.bytes.saturating_add(u64::try_from(rest.len()).unwrap_or(u64::MAX)).saturating_mul(8);
        // Section 5.1.1: a one, zeroes, and the length at the very end; it fits into the same block or takes another.
        let mut padded = [[0; BLOCK]; 2];
        let (end, one) = padded.as_flattened_mut().split_at_mut(rest.len());
        end.copy_from_slice(rest);
        one.iter_mut().take(1).for_each(|place| *place = 0x80);
        let blocks = if rest.len() < BLOCK.saturating_sub(8) { 1 } else { 2 };
        let padded = padded.get_mut(..blocks).unwrap_or_default();
        if let Some(length) = padded.as_flattened_mut().last_chunk_mut() {
            *length = bits.to_be_bytes();
        }
        compress256(&mut self.state, padded);
        let mut digest = [0; 32];
        digest.as_chunks_mut().0.iter_mut().zip(&self.state).for_each(|(place, word)| *place = word.to_be_bytes());
        digest
    }
}

impl Drop for Midstate {
    fn drop(&mut self) {
        self.state.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use sha2::{Digest, Sha256};

    /// Every length around every edge of padding, split at every block.
    #[test]
    fn as_the_whole_message_at_once() {
        let message: Vec<u8> = (0..=255).cycle().take(520).collect();
        for length in 0..=message.len() {
            let message = message.get(..length).unwrap_or_default();
            let expected: [u8; 32] = Sha256::digest(message).into();
            assert_eq!(digest(message), expected, "{length}");
            for (at, _) in message.chunks(BLOCK).enumerate() {
                let (start, end) = message.split_at(at.saturating_mul(BLOCK));
                let mut midstate = Midstate::START;
                assert!(midstate.update(start).is_empty());
                assert_eq!(midstate.finish(end), expected, "{length} {at}");
            }
        }
    }
}
