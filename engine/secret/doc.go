// Package secret keeps what must not be shown: passwords, keys and addresses that settings of middlewares need.
//
// Its words: a Reference stands in a definition in place of the secret and says where its value comes from: {env: NAME}, {file: PATH},
// or {stored: ID} for one that was typed in the panel (which sends {value: TEXT} once). A Value is the secret; it prints as ***. A Key
// is the file that seals values. A Source resolves references when a definition is applied. A Set holds the sealed values of all
// projects and opens them when they are used. A Setting is one place in a definition that needs a secret.
//
// A middleware marks the setting in its Properties (Type: "secret", or OrSecret where a plain text serves too) and asks for the
// Setting when it is compiled, for the value when it runs, so that a new value needs no new compilation:
//
//	signing := b.Secret(settings.Get("signing_key"), "signing_key") // in Compile; nil where the setting is absent
//	value, err := signing.Value()                                   // in a request or job; err is an *engine.Error (unavailable)
//	mac := hmac.New(sha256.New, []byte(value.Reveal()))
//
// A job that has no Bench, only the stored step, asks the Set itself: set.Setting(projectID, "webhook.signing_key", v). The use,
// "<middleware>.<setting>", with "*" for a name that the user chose ("webhook.headers.*"), is part of a value's identity: a reference
// that is copied to another setting does not find the value there.
//
// Guarantees: values are stored as XChaCha20-Poly1305 (RFC 8439, draft-irtf-cfrg-xchacha), bound to their project, use and reference;
// no method of this package puts one into a text, JSON or log. A secret without value is an error, never an empty text.
//
// It does not read or write the database; the catalog package does, in the transaction of the definition.
package secret
