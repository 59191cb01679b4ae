// Package file keeps the files of records: it streams uploads into the blob store, signs and checks links, finds what a download asks
// for, makes thumbnails, and collects what no record holds.
//
// Words: an object is what the store keeps, under a random key; a blob is a content of a project, a row of sl_blobs that names its
// object; a use is a record that holds a blob, a row of sl_file_uses, kept by triggers whatever the door.
//
// Order of an upload: the row without a content, the object, the content into the row, then the record, whose trigger makes the use.
// The foreign key from use to blob makes a record without its bytes impossible, and a blob in use impossible to collect. What fails
// on the way leaves a blob that nobody uses; see [Files.Collect].
package file
