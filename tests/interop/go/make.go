package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/livekit/protocol/auth"
)

type caseFile struct {
	Cases []struct {
		Name   string `json:"name"`
		Claims struct {
			Sub string `json:"sub"`
			auth.ClaimGrants
		} `json:"claims"`
	} `json:"cases"`
}

type madeToken struct {
	Name  string `json:"name"`
	Token string `json:"token"`
}

// makeTokens signs every case with the SDK's own builder, which takes the time from the system's clock.
func makeTokens(key, secret string, in io.Reader, out io.Writer) error {
	var file caseFile
	if err := json.NewDecoder(in).Decode(&file); err != nil {
		return err
	}
	var tokens []madeToken
	for _, c := range file.Cases {
		token, err := sign(key, secret, c.Claims.Sub, &c.Claims.ClaimGrants)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		tokens = append(tokens, madeToken{c.Name, token})
	}
	return json.NewEncoder(out).Encode(map[string]any{"version": protocolVersion(), "tokens": tokens})
}

func sign(key, secret, identity string, g *auth.ClaimGrants) (string, error) {
	token := auth.NewAccessToken(key, secret).
		SetIdentity(identity).
		SetName(g.Name).
		SetVideoGrant(g.Video).
		SetSIPGrant(g.SIP).
		SetAgentGrant(g.Agent).
		SetAgentEndpointGrant(g.AgentEndpoint).
		SetAgentThreadGrant(g.AgentThread).
		SetInferenceGrant(g.Inference).
		SetObservabilityGrant(g.Observability).
		SetMetadata(g.Metadata).
		SetAttributes(g.Attributes).
		SetSha256(g.Sha256).
		SetRoomPreset(g.RoomPreset).
		SetRoomConfig(g.GetRoomConfiguration())
	if g.Kind != "" {
		token.SetKind(g.GetParticipantKind()).SetKindDetail(g.GetKindDetails()...)
	}
	return token.ToJWT()
}

func protocolVersion() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/livekit/protocol" {
			return module.Version
		}
	}
	return "?"
}
