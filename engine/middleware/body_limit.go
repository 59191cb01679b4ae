package middleware

import (
	"strconv"

	"github.com/sayrud/sayrud/engine"
	"github.com/sayrud/sayrud/engine/raw"
)

const bodyLimitName = "body_limit"

// maxBodyLimit bounds what an endpoint may allow, in bytes: a body is held in memory while it is checked.
const maxBodyLimit = 64 << 20

func bodyLimitDefinition() *Definition {
	return &Definition{
		Name: bodyLimitName,
		Doc: "How large the body of a request may be, instead of 1 MiB: less or more. A larger one answers 413, before it is read where the " +
			"request says its length. It counts for the whole onion, wherever it stands.",
		Before: true,
		Properties: []Property{
			{Name: "bytes", Type: TypeInteger, Required: true, Min: 1, Max: maxBodyLimit, Example: raw.Value("65536"), Doc: "bytes, such as 65536"},
		},
		Compile: func(raw.Value, Bench) (Wrap, engine.Problems) {
			return func(next Handler) Handler {
				return func(r *Request) error {
					if r.HTTP.ContentLength > r.MaxBody { // also where nothing reads the body, or `match` has
						return r.tooLarge()
					}
					return next(r)
				}
			}, nil
		},
	}
}

func bodyLimit(settings raw.Value) int64 {
	n, _ := strconv.ParseInt(string(settings.Get("bytes")), 10, 64)
	return n
}
