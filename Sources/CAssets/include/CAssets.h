#ifndef CASSETS_H
#define CASSETS_H

#include <stddef.h>

/// A file that the binary carries: its name in the repository, the hash of its bytes, where they lie, and where they
/// lie compressed with gzip (size 0: they do not get smaller).
struct EmbeddedFile {
    const char *name;
    const char *digest;
    size_t start, size;
    size_t gzipStart, gzipSize;
};

/// How many files there are; 0 if this was built before Scripts/setup had fetched and laid them out.
size_t embeddedFileCount(void);

/// The file at an index below `embeddedFileCount()`.
struct EmbeddedFile embeddedFile(size_t index);

/// The first byte of all files in a row; valid as long as the process.
const unsigned char *embeddedBytes(void);

/// Changes with any file of the page; empty without files.
const char *embeddedTree(void);

#endif
