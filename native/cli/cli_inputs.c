#include "cli/cli_inputs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_commands.h"

enum { LONGEST_LIST_BYTES = 1 << 28 }; /* a million paths of 256 bytes; more is no list of files */

/* The whole stream with a NUL behind it, or NULL after saying why. */
static char *read_stream(const struct cli_line *line, const char *name, FILE *stream)
{
    char *text = NULL;
    size_t filled = 0, capacity = 0;
    for (;;) {
        if (filled + 1 >= capacity) {
            size_t wanted = capacity ? 2 * capacity : 4096;
            char *grown = wanted <= LONGEST_LIST_BYTES ? realloc(text, wanted) : NULL;
            if (!grown) {
                cli_options_wrong(line, "--files-from: %s holds more than %zu bytes", name, filled);
                break;
            }
            text = grown;
            capacity = wanted;
        }
        size_t got = fread(text + filled, 1, capacity - filled - 1, stream);
        filled += got;
        if (got) continue;
        if (ferror(stream)) {
            cli_options_wrong(line, "--files-from: %s: %s", name, strerror(errno));
            break;
        }
        if (memchr(text, 0, filled)) {
            cli_options_wrong(line, "--files-from: %s is not a text file: it holds a zero byte", name);
            break;
        }
        text[filled] = 0;
        return text;
    }
    free(text);
    return NULL;
}

static char *read_list(const struct cli_line *line, const char *name)
{
    if (!strcmp(name, "-")) return read_stream(line, "standard input", stdin);
    FILE *stream = fopen(name, "rb");
    if (!stream) {
        cli_options_wrong(line, "--files-from: %s: %s", name, strerror(errno));
        return NULL;
    }
    char *text = read_stream(line, name, stream);
    fclose(stream);
    return text;
}

static size_t count_lines(const char *text)
{
    size_t count = 1;
    for (; *text; text++) count += *text == '\n';
    return count;
}

/* Cuts the text at its line ends and adds what is not empty. */
static void add_lines(struct cli_inputs *inputs, char *text)
{
    for (char *next = text; next;) {
        char *path = next, *end = strchr(path, '\n');
        next = end ? end + 1 : NULL;
        if (!end) end = path + strlen(path);
        if (end > path && end[-1] == '\r') end--;
        *end = 0;
        if (*path) inputs->paths[inputs->count++] = path;
    }
}

int cli_inputs_gather(struct cli_inputs *inputs, const struct cli_line *line, const char *files_from)
{
    *inputs = (struct cli_inputs){0};
    if (files_from && !(inputs->lines = read_list(line, files_from))) return CLI_USAGE;
    size_t most = (size_t)line->operand_count + (inputs->lines ? count_lines(inputs->lines) : 0);
    inputs->paths = calloc(most + 1, sizeof *inputs->paths);
    if (!inputs->paths) return cli_options_wrong(line, "memory for %zu inputs could not be had", most);
    for (int i = 0; i < line->operand_count; i++) inputs->paths[inputs->count++] = line->operands[i];
    if (inputs->lines) add_lines(inputs, inputs->lines);
    if (inputs->count == 0) return cli_options_wrong(line, "no input is named");
    return CLI_DONE;
}

void cli_inputs_free(struct cli_inputs *inputs)
{
    free(inputs->paths);
    free(inputs->lines);
    *inputs = (struct cli_inputs){0};
}
