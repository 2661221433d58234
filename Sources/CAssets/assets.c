// The page, the API's document and the third-party files as bytes of the binary. Scripts/embed lays them out; before it
// has run, this compiles to nothing, and `serve` says so.
#include "CAssets.h"

#if __has_include("../../.vendor/embedded/table.inc")
#include "../../.vendor/embedded/table.inc"

static const unsigned char bytes[] = {
#embed "../../.vendor/embedded/assets.bin"
};

size_t embeddedFileCount(void) { return sizeof files / sizeof files[0]; }

struct EmbeddedFile embeddedFile(size_t index) { return files[index]; }

const unsigned char *embeddedBytes(void) { return bytes; }

const char *embeddedTree(void) { return tree; }

#else

size_t embeddedFileCount(void) { return 0; }

struct EmbeddedFile embeddedFile(size_t index) { return (struct EmbeddedFile){0}; }

const unsigned char *embeddedBytes(void) { return NULL; }

const char *embeddedTree(void) { return ""; }

#endif
