#include "train/yaml_text.h"

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
