#include "train/yaml_text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/digest.h"
#include "base/failure.h"
#include "base/path.h"

void yaml_text_put(FILE *stream, const char *before, const char *text)
{
    fprintf(stream, "%s\"", before);
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        if (*c == '"' || *c == '\\')
            fprintf(stream, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(stream, "\\x%02x", *c);
        else
            fputc(*c, stream);
    fputs("\"\n", stream);
}

fringe_status yaml_text_put_file(FILE *stream, const char *before, const char *directory, const char *name,
                                 fringe_error *error)
{
    char digest[DIGEST_TEXT_BYTES], *path = path_join(directory, name);
    if (!path) return failure_memory(error, name, strlen(directory));
    fringe_status status = digest_file(path, digest, error);
    if (!status)
        fprintf(stream, "%ssource: %s\n%*ssha256: %s\n", before, name, (int)strlen(before), "", digest);
    alloc_free(path);
    return status;
}
