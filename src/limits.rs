//! Sizes that a LiveKit server enforces, and this crate with it.

/// Longest participant identity in bytes (LiveKit server, `limits.max_participant_identity_length`).
pub const MAX_IDENTITY_BYTES: usize = 256;

/// Longest room name in bytes (LiveKit server, `limits.max_room_name_length`).
pub const MAX_ROOM_BYTES: usize = 256;

/// Longest metadata in bytes (LiveKit server, `limits.max_metadata_size`).
pub const MAX_METADATA_BYTES: usize = 512 * 1024;

/// Most bytes that all keys and values of the attributes may have together (LiveKit server, `limits.max_attributes_size`).
pub const MAX_ATTRIBUTES_BYTES: usize = 64 * 1024;

/// Longest display name in bytes. LiveKit names no limit; a token travels in a URL, so one is needed.
pub const MAX_NAME_BYTES: usize = 256;
