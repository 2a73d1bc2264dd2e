//! Maximum sizes, in bytes of UTF-8.

/// Participant identity (LiveKit server, `limits.max_participant_identity_length`).
pub const MAX_IDENTITY_BYTES: usize = 256;

/// Room name (LiveKit server, `limits.max_room_name_length`).
pub const MAX_ROOM_BYTES: usize = 256;

/// Display name. LiveKit has no limit, but the token is part of a URL.
pub const MAX_NAME_BYTES: usize = 256;

/// Metadata (LiveKit server, `limits.max_metadata_size`).
pub const MAX_METADATA_BYTES: usize = 512 * 1024;

/// All names and values of the attributes together (LiveKit server, `limits.max_attributes_size`).
pub const MAX_ATTRIBUTES_BYTES: usize = 64 * 1024;

/// Room configuration as JSON. LiveKit has no limit, but the token is part of a URL.
pub const MAX_ROOM_CONFIG_BYTES: usize = 1024 * 1024;
