#define _GNU_SOURCE
#include "base/digest.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <nettle/version.h>
#include <stdio.h>
#include <string.h>

#include "base/failure.h"
#include "base/file.h"

static void finish(struct sha256_ctx *context, char text[DIGEST_TEXT_BYTES])
{
    unsigned char raw[SHA256_DIGEST_SIZE];
#if NETTLE_VERSION_MAJOR < 4
    sha256_digest(context, sizeof raw, raw);
#else
    sha256_digest(context, raw);
#endif
    for (size_t i = 0; i < sizeof raw; i++) {
        text[2 * i] = "0123456789abcdef"[raw[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[raw[i] & 15];
    }
    text[2 * sizeof raw] = 0;
}

void digest_bytes(const void *bytes, size_t size, char text[DIGEST_TEXT_BYTES])
{
    struct sha256_ctx context; /* nettle takes the SHA instructions where the processor has them */
    sha256_init(&context);
    if (size) sha256_update(&context, size, bytes);
    finish(&context, text);
}

fringe_status digest_file(const char *path, char text[DIGEST_TEXT_BYTES], fringe_error *error)
{
    FILE *stream = NULL;
    fringe_status status = file_open_read(path, &stream, error);
    if (status) return status;
    struct sha256_ctx context;
    sha256_init(&context);
    unsigned char block[1 << 16];
    size_t got;
    while ((got = fread(block, 1, sizeof block, stream)) > 0) sha256_update(&context, got, block);
    if (ferror(stream)) status = failure_set(error, FRINGE_FILE, "%s: %s", path, strerror(errno));
    fclose(stream);
    finish(&context, text);
    return status;
}
