//! The messages that a room configuration is made of, as LiveKit's protocol has them (`livekit_room.proto`,
//! `livekit_egress.proto`, `livekit_agent_dispatch.proto`; @livekit/protocol 1.51).

/// A message: its fields, in the order of their definition.
pub(super) struct Message(pub(super) &'static [Field]);

/// A field: its name in JSON and what it holds.
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The oneof it belongs to, of which only one may be set; 0 is none.
    pub(super) group: u8,
    /// True if it is a credential. So is every stream output: its address holds the stream's key.
    pub(super) secret: bool,
}

/// What a field holds. Defaults (`false`, 0, empty) are not written, except in a oneof.
pub(super) enum Kind {
    /// `bool`
    Flag,
    /// `string`
    Text,
    /// `string` that is an address: a user name in it comes with a password, which is a credential.
    Url,
    /// `uint32`
    Unsigned,
    /// `int32`
    Signed,
    /// `double`
    Double,
    /// An enum: one of these names, whose number is its place.
    Name(&'static [&'static str]),
    /// `repeated string`
    Texts,
    /// `map<string, string>`
    TextMap,
    /// A message.
    One(&'static Message),
    /// `repeated` messages.
    Many(&'static Message),
}

use Kind::{Double, Flag, Many, Name, One, Signed, Text, TextMap, Texts, Unsigned, Url};

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, group: 0, secret: false }
}

const fn secret(name: &'static str, kind: Kind) -> Field {
    Field { secret: true, ..field(name, kind) }
}

impl Field {
    const fn one_of(mut self, group: u8) -> Self {
        self.group = group;
        self
    }
}

/// A message whose last fields are the four places that its file may be stored in; one may be set.
macro_rules! stored {
    ([$($field:expr,)*]) => {
        Message(&[
            $($field,)*
            field("s3", One(&S3_UPLOAD)).one_of(1),
            field("gcp", One(&GCP_UPLOAD)).one_of(1),
            field("azure", One(&AZURE_BLOB_UPLOAD)).one_of(1),
            field("aliOSS", One(&ALI_OSS_UPLOAD)).one_of(1),
        ])
    };
}

pub(super) static ROOM_CONFIGURATION: Message = Message(&[
    field("name", Text),
    field("emptyTimeout", Unsigned),
    field("departureTimeout", Unsigned),
    field("maxParticipants", Unsigned),
    field("metadata", Text),
    field("egress", One(&ROOM_EGRESS)),
    field("minPlayoutDelay", Unsigned),
    field("maxPlayoutDelay", Unsigned),
    field("syncStreams", Flag),
    field("agents", Many(&ROOM_AGENT_DISPATCH)),
    field("tags", TextMap),
]);

static ROOM_AGENT_DISPATCH: Message = Message(&[
    field("agentName", Text),
    field("metadata", Text),
    field("restartPolicy", Name(&["JRP_ON_FAILURE", "JRP_NEVER"])),
    field("deployment", Text),
    field("attributes", TextMap),
]);

static ROOM_EGRESS: Message = Message(&[
    field("room", One(&ROOM_COMPOSITE_EGRESS_REQUEST)),
    field("participant", One(&AUTO_PARTICIPANT_EGRESS)),
    field("tracks", One(&AUTO_TRACK_EGRESS)),
]);

/// Oneofs: 1 is the deprecated single output, 2 the encoding.
static ROOM_COMPOSITE_EGRESS_REQUEST: Message = Message(&[
    field("roomName", Text),
    field("layout", Text),
    field("audioOnly", Flag),
    field("audioMixing", Name(&["DEFAULT_MIXING", "DUAL_CHANNEL_AGENT", "DUAL_CHANNEL_ALTERNATE"])),
    field("videoOnly", Flag),
    field("customBaseUrl", Url),
    field("file", One(&ENCODED_FILE_OUTPUT)).one_of(1),
    secret("stream", One(&STREAM_OUTPUT)).one_of(1),
    field("segments", One(&SEGMENTED_FILE_OUTPUT)).one_of(1),
    field("preset", Name(ENCODING_OPTIONS_PRESET)).one_of(2),
    field("advanced", One(&ENCODING_OPTIONS)).one_of(2),
    field("fileOutputs", Many(&ENCODED_FILE_OUTPUT)),
    secret("streamOutputs", Many(&STREAM_OUTPUT)),
    field("segmentOutputs", Many(&SEGMENTED_FILE_OUTPUT)),
    field("imageOutputs", Many(&IMAGE_OUTPUT)),
    field("webhooks", Many(&WEBHOOK_CONFIG)),
]);

static AUTO_PARTICIPANT_EGRESS: Message = Message(&[
    field("preset", Name(ENCODING_OPTIONS_PRESET)).one_of(2),
    field("advanced", One(&ENCODING_OPTIONS)).one_of(2),
    field("fileOutputs", Many(&ENCODED_FILE_OUTPUT)),
    field("segmentOutputs", Many(&SEGMENTED_FILE_OUTPUT)),
]);

static AUTO_TRACK_EGRESS: Message = stored!([field("filepath", Text), field("disableManifest", Flag),]);

static ENCODED_FILE_OUTPUT: Message = stored!([
    field("fileType", Name(&["DEFAULT_FILETYPE", "MP4", "OGG", "MP3"])),
    field("filepath", Text),
    field("disableManifest", Flag),
]);

static SEGMENTED_FILE_OUTPUT: Message = stored!([
    field("protocol", Name(&["DEFAULT_SEGMENTED_FILE_PROTOCOL", "HLS_PROTOCOL"])),
    field("filenamePrefix", Text),
    field("playlistName", Text),
    field("livePlaylistName", Text),
    field("segmentDuration", Unsigned),
    field("filenameSuffix", Name(&["INDEX", "TIMESTAMP"])),
    field("disableManifest", Flag),
]);

static IMAGE_OUTPUT: Message = stored!([
    field("captureInterval", Unsigned),
    field("width", Signed),
    field("height", Signed),
    field("filenamePrefix", Text),
    field("filenameSuffix", Name(&["IMAGE_SUFFIX_INDEX", "IMAGE_SUFFIX_TIMESTAMP", "IMAGE_SUFFIX_NONE_OVERWRITE"])),
    field("imageCodec", Name(&["IC_DEFAULT", "IC_JPEG"])),
    field("disableManifest", Flag),
]);

static STREAM_OUTPUT: Message =
    Message(&[field("protocol", Name(&["DEFAULT_PROTOCOL", "RTMP", "SRT", "WEBSOCKET"])), field("urls", Texts)]);

static WEBHOOK_CONFIG: Message =
    Message(&[field("url", Url), field("signingKey", Text), field("filterParams", One(&FILTER_PARAMS))]);

static FILTER_PARAMS: Message = Message(&[field("includeEvents", Texts), field("excludeEvents", Texts)]);

static S3_UPLOAD: Message = Message(&[
    field("accessKey", Text),
    secret("secret", Text),
    secret("sessionToken", Text),
    field("assumeRoleArn", Text),
    field("assumeRoleExternalId", Text),
    field("region", Text),
    field("endpoint", Url),
    field("bucket", Text),
    field("forcePathStyle", Flag),
    field("metadata", TextMap),
    field("tagging", Text),
    field("contentDisposition", Text),
    field("proxy", One(&PROXY_CONFIG)),
]);

static GCP_UPLOAD: Message =
    Message(&[secret("credentials", Text), field("bucket", Text), field("proxy", One(&PROXY_CONFIG))]);

static AZURE_BLOB_UPLOAD: Message =
    Message(&[field("accountName", Text), secret("accountKey", Text), field("containerName", Text)]);

static ALI_OSS_UPLOAD: Message = Message(&[
    field("accessKey", Text),
    secret("secret", Text),
    field("region", Text),
    field("endpoint", Url),
    field("bucket", Text),
]);

static PROXY_CONFIG: Message = Message(&[field("url", Url), field("username", Text), secret("password", Text)]);

static ENCODING_OPTIONS: Message = Message(&[
    field("width", Signed),
    field("height", Signed),
    field("depth", Signed),
    field("framerate", Signed),
    field("audioCodec", Name(&["DEFAULT_AC", "OPUS", "AAC", "AC_MP3"])),
    field("audioBitrate", Signed),
    field("audioFrequency", Signed),
    field("videoCodec", Name(&["DEFAULT_VC", "H264_BASELINE", "H264_MAIN", "H264_HIGH", "VP8"])),
    field("videoBitrate", Signed),
    field("keyFrameInterval", Double),
    field("audioQuality", Signed),
    field("videoQuality", Signed),
]);

static ENCODING_OPTIONS_PRESET: &[&str] = &[
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
