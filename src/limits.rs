//! Sizes that a LiveKit server enforces, and this crate with it.

/// Longest participant identity in bytes (LiveKit server, `limits.max_participant_identity_length`).
pub const MAX_IDENTITY_BYTES: usize = 256;

/// Longest room name in bytes (LiveKit server, `limits.max_room_name_length`).
pub const MAX_ROOM_BYTES: usize = 256;

/// Longest display name in bytes. LiveKit names no limit; a token travels in a URL, so one is needed.
pub const MAX_NAME_BYTES: usize = 256;
