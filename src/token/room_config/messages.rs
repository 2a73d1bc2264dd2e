//! Messages of LiveKit's `RoomConfiguration` (`livekit_room.proto`, `livekit_egress.proto`, `livekit_agent_dispatch.proto`).

use crate::token::schema::{
    Field,
    Kind::{self, Boolean, Double, Enum, Int32, Object, Objects, String, StringMap, Strings, Uint32, Url},
    Schema,
};

const fn message(fields: &'static [Field]) -> Schema {
    Schema::new(fields, true)
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field::new(name, kind)
}

const fn secret(name: &'static str, kind: Kind) -> Field {
    Field { secret: true, ..field(name, kind) }
}

impl Field {
    const fn oneof(mut self, number: u8) -> Self {
        self.oneof = number;
        self
    }
}

/// A message whose last four fields are storage providers; at most one may be set.
macro_rules! stored {
    ([$($field:expr,)*]) => {
        message(&[
            $($field,)*
            field("s3", Object(&S3_UPLOAD)).oneof(1),
            field("gcp", Object(&GCP_UPLOAD)).oneof(1),
            field("azure", Object(&AZURE_BLOB_UPLOAD)).oneof(1),
            field("aliOSS", Object(&ALI_OSS_UPLOAD)).oneof(1),
        ])
    };
}

pub(super) static ROOM_CONFIGURATION: Schema = message(&[
    field("name", String),
    field("emptyTimeout", Uint32),
    field("departureTimeout", Uint32),
    field("maxParticipants", Uint32),
    field("metadata", String),
    field("egress", Object(&ROOM_EGRESS)),
    field("minPlayoutDelay", Uint32),
    field("maxPlayoutDelay", Uint32),
    field("syncStreams", Boolean),
    field("agents", Objects(&ROOM_AGENT_DISPATCH)),
    field("tags", StringMap),
]);

static ROOM_AGENT_DISPATCH: Schema = message(&[
    field("agentName", String),
    field("metadata", String),
    field("restartPolicy", Enum(&["JRP_ON_FAILURE", "JRP_NEVER"])),
    field("deployment", String),
    field("attributes", StringMap),
]);

static ROOM_EGRESS: Schema = message(&[
    field("room", Object(&ROOM_COMPOSITE_EGRESS_REQUEST)),
    field("participant", Object(&AUTO_PARTICIPANT_EGRESS)),
    field("tracks", Object(&AUTO_TRACK_EGRESS)),
]);

/// Its oneofs: 1 is the deprecated single output, 2 is the encoding.
static ROOM_COMPOSITE_EGRESS_REQUEST: Schema = message(&[
    field("roomName", String),
    field("layout", String),
    field("audioOnly", Boolean),
    field("audioMixing", Enum(&["DEFAULT_MIXING", "DUAL_CHANNEL_AGENT", "DUAL_CHANNEL_ALTERNATE"])),
    field("videoOnly", Boolean),
    field("customBaseUrl", Url),
    field("file", Object(&ENCODED_FILE_OUTPUT)).oneof(1),
    secret("stream", Object(&STREAM_OUTPUT)).oneof(1),
    field("segments", Object(&SEGMENTED_FILE_OUTPUT)).oneof(1),
    field("preset", Enum(ENCODING_OPTIONS_PRESET)).oneof(2),
    field("advanced", Object(&ENCODING_OPTIONS)).oneof(2),
    field("fileOutputs", Objects(&ENCODED_FILE_OUTPUT)),
    secret("streamOutputs", Objects(&STREAM_OUTPUT)),
    field("segmentOutputs", Objects(&SEGMENTED_FILE_OUTPUT)),
    field("imageOutputs", Objects(&IMAGE_OUTPUT)),
    field("webhooks", Objects(&WEBHOOK_CONFIG)),
]);

static AUTO_PARTICIPANT_EGRESS: Schema = message(&[
    field("preset", Enum(ENCODING_OPTIONS_PRESET)).oneof(2),
    field("advanced", Object(&ENCODING_OPTIONS)).oneof(2),
    field("fileOutputs", Objects(&ENCODED_FILE_OUTPUT)),
    field("segmentOutputs", Objects(&SEGMENTED_FILE_OUTPUT)),
]);

static AUTO_TRACK_EGRESS: Schema = stored!([field("filepath", String), field("disableManifest", Boolean),]);

static ENCODED_FILE_OUTPUT: Schema = stored!([
    field("fileType", Enum(&["DEFAULT_FILETYPE", "MP4", "OGG", "MP3"])),
    field("filepath", String),
    field("disableManifest", Boolean),
]);

static SEGMENTED_FILE_OUTPUT: Schema = stored!([
    field("protocol", Enum(&["DEFAULT_SEGMENTED_FILE_PROTOCOL", "HLS_PROTOCOL"])),
    field("filenamePrefix", String),
    field("playlistName", String),
    field("livePlaylistName", String),
    field("segmentDuration", Uint32),
    field("filenameSuffix", Enum(&["INDEX", "TIMESTAMP"])),
    field("disableManifest", Boolean),
]);

static IMAGE_OUTPUT: Schema = stored!([
    field("captureInterval", Uint32),
    field("width", Int32),
    field("height", Int32),
    field("filenamePrefix", String),
    field("filenameSuffix", Enum(&["IMAGE_SUFFIX_INDEX", "IMAGE_SUFFIX_TIMESTAMP", "IMAGE_SUFFIX_NONE_OVERWRITE"])),
    field("imageCodec", Enum(&["IC_DEFAULT", "IC_JPEG"])),
    field("disableManifest", Boolean),
]);

static STREAM_OUTPUT: Schema =
    message(&[field("protocol", Enum(&["DEFAULT_PROTOCOL", "RTMP", "SRT", "WEBSOCKET"])), field("urls", Strings)]);

static WEBHOOK_CONFIG: Schema =
    message(&[field("url", Url), field("signingKey", String), field("filterParams", Object(&FILTER_PARAMS))]);

static FILTER_PARAMS: Schema = message(&[field("includeEvents", Strings), field("excludeEvents", Strings)]);

static S3_UPLOAD: Schema = message(&[
    field("accessKey", String),
    secret("secret", String),
    secret("sessionToken", String),
    field("assumeRoleArn", String),
    field("assumeRoleExternalId", String),
    field("region", String),
    field("endpoint", Url),
    field("bucket", String),
    field("forcePathStyle", Boolean),
    field("metadata", StringMap),
    field("tagging", String),
    field("contentDisposition", String),
    field("proxy", Object(&PROXY_CONFIG)),
]);

static GCP_UPLOAD: Schema =
    message(&[secret("credentials", String), field("bucket", String), field("proxy", Object(&PROXY_CONFIG))]);

static AZURE_BLOB_UPLOAD: Schema =
    message(&[field("accountName", String), secret("accountKey", String), field("containerName", String)]);

static ALI_OSS_UPLOAD: Schema = message(&[
    field("accessKey", String),
    secret("secret", String),
    field("region", String),
    field("endpoint", Url),
    field("bucket", String),
]);

static PROXY_CONFIG: Schema = message(&[field("url", Url), field("username", String), secret("password", String)]);

static ENCODING_OPTIONS: Schema = message(&[
    field("width", Int32),
    field("height", Int32),
    field("depth", Int32),
    field("framerate", Int32),
    field("audioCodec", Enum(&["DEFAULT_AC", "OPUS", "AAC", "AC_MP3"])),
    field("audioBitrate", Int32),
    field("audioFrequency", Int32),
    field("videoCodec", Enum(&["DEFAULT_VC", "H264_BASELINE", "H264_MAIN", "H264_HIGH", "VP8"])),
    field("videoBitrate", Int32),
    field("keyFrameInterval", Double),
    field("audioQuality", Int32),
    field("videoQuality", Int32),
]);

/// `EncodingOptionsPreset` of LiveKit.
pub(crate) static ENCODING_OPTIONS_PRESET: &[&str] = &[
    "H264_720P_30",
    "H264_720P_60",
    "H264_1080P_30",
    "H264_1080P_60",
    "PORTRAIT_H264_720P_30",
    "PORTRAIT_H264_720P_60",
    "PORTRAIT_H264_1080P_30",
    "PORTRAIT_H264_1080P_60",
    "PASSTHROUGH",
];
