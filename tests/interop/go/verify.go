package main

import (
	"bufio"
	"encoding/json"
	"io"

	"github.com/golang-jwt/jwt/v5"
	"github.com/livekit/protocol/auth"
)

// The verified claims, as its own types serialize them.
type answer struct {
	Claims  *claims `json:"claims,omitempty"`
	Refused string  `json:"refused,omitempty"`
}

type claims struct {
	*jwt.RegisteredClaims
	*auth.ClaimGrants
}

// verifyTokens prints one JSON object a token.
func verifyTokens(key, secret string, in io.Reader, out io.Writer) error {
	tokens := bufio.NewScanner(in)
	tokens.Buffer(nil, 1<<20)
	encoder := json.NewEncoder(out)
	for tokens.Scan() {
		if err := encoder.Encode(verify(key, secret, tokens.Text())); err != nil {
			return err
		}
	}
	return tokens.Err()
}

// verify works like LiveKit's server: the token names its key, and the secret is looked up by it.
func verify(key, secret, token string) answer {
	verifier, err := auth.ParseAPIToken(token)
	if err != nil {
		return answer{Refused: err.Error()}
	}
	if verifier.APIKey() != key {
		return answer{Refused: "unknown API key"}
	}
	registered, grants, err := verifier.Verify(secret)
	if err != nil {
		return answer{Refused: err.Error()}
	}
	return answer{Claims: &claims{registered, grants}}
}
