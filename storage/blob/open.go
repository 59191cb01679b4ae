package blob

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Open opens the store that location names: a directory, file:///dir, or
//
//	s3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=us-east-1
//
// Without endpoint it is AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or Amazon; without region AWS_REGION, AWS_DEFAULT_REGION, or us-east-1.
// Credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, a profile of ~/.aws (AWS_PROFILE), or those of the
// machine (IAM), in this order; they never stand in the address. Addresses are path style. The bucket must be there. Open writes and
// reads a probe; its error says what to look at.
func Open(ctx context.Context, location string) (Store, error) {
	s, err := open(location)
	if err != nil {
		return nil, err
	}
	if err := Check(ctx, s); err != nil {
		return nil, fmt.Errorf("the blob store %s cannot be used: %w", location, err)
	}
	return s, nil
}

func open(location string) (Store, error) {
	scheme, rest, found := strings.Cut(location, "://")
	switch {
	case !found:
		return OpenDirectory(location)
	case scheme == "file":
		return OpenDirectory(rest)
	case scheme == "s3":
		return openS3(location)
	}
	return nil, fmt.Errorf("--storage %s: give a directory or s3://bucket/prefix", location)
}

func openS3(location string) (Store, error) {
	u, err := url.Parse(location)
	if err != nil {
		return nil, fmt.Errorf("--storage: %w", err)
	}
	if u.User != nil {
		return nil, fmt.Errorf("--storage s3://%s: keys do not belong into the address; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY", u.Host)
	}
	if u.Host == "" {
		return nil, fmt.Errorf("--storage %s names no bucket: s3://bucket/prefix", location)
	}
	for name := range u.Query() {
		if name != "endpoint" && name != "region" {
			return nil, fmt.Errorf("--storage %s: there is no setting %q, only endpoint and region", location, name)
		}
	}
	endpoint, err := url.Parse(cmp.Or(u.Query().Get("endpoint"), os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"), "https://s3.amazonaws.com"))
	if err != nil || endpoint.Host == "" || endpoint.Scheme != "http" && endpoint.Scheme != "https" || strings.Trim(endpoint.Path, "/") != "" {
		return nil, fmt.Errorf("--storage %s: the endpoint must be an address such as https://s3.example.com", location)
	}
	client, err := minio.New(endpoint.Host, &minio.Options{
		Creds: credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
		}),
		Secure: endpoint.Scheme == "https", BucketLookup: minio.BucketLookupPath, MaxRetries: 1, // Retry repeats
		Region: cmp.Or(u.Query().Get("region"), os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), "us-east-1"),
	})
	if err != nil {
		return nil, fmt.Errorf("--storage %s: %w", location, err)
	}
	prefix := strings.Trim(path.Clean("/"+u.Path), "/")
	if prefix != "" {
		prefix += "/"
	}
	return &Retry{Store: &S3{core: minio.Core{Client: client}, bucket: u.Host, prefix: prefix}}, nil
}
