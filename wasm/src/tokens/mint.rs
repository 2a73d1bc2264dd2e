//! A request → its token.

use super::arguments::Codes;
use crate::convert::expires_at;
use alloc::vec::Vec;
use livekit_edge::{LivekitError, LivekitService, whole_seconds};

pub(crate) fn generate_token(
    service: &LivekitService,
    codes: Codes,
    now: f64,
    input: &[u8],
    output: &mut Vec<u8>,
) -> Result<(), LivekitError> {
    let now = seconds(now)?;
    output.extend_from_slice(&[0; 8]);
    let plain = codes.plain(input).map(|(request, jti)| service.append_token(request, now, jti, output));
    let (expires_at, jti) = match plain {
        Some(Ok(minted)) => (minted.expires_at, minted.jti),
        // Of a request that is refused, every broken rule is to be known.
        _ => {
            let (request, jti) = codes.raw(input)?;
            let response = service.generate_token_raw(request, now, jti)?;
            output.extend_from_slice(response.token.as_bytes());
            (response.expires_at, response.jti)
        }
    };
    output.extend_from_slice(jti.unwrap_or_default().as_bytes());
    if let Some(place) = output.first_chunk_mut() {
        *place = self::expires_at(expires_at)?.to_le_bytes();
    }
    Ok(())
}

fn seconds(now: f64) -> Result<u64, LivekitError> {
    whole_seconds(now).ok_or(LivekitError::TokenGeneration)
}
