#include "cli/cli_options.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli_commands.h"
#include "fringe/particles.h"

const char *const cli_options_normalizations[] = {"none", "zscore", "minmax", "percentile", NULL};
const char *const cli_options_connectivities[] = {"8", "4", NULL};
const char *const cli_options_borders[] = {
#define WORD(symbol, name) name,
    FRINGE_BORDER_LIST(WORD)
#undef WORD
        NULL};

enum { LONGEST_WORD = 64, MOST_OPTIONS = 32 };

int cli_options_wrong(const struct cli_line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "fringe%s%s: ", *line->command ? " " : "", line->command);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\nTry 'fringe%s%s --help'.\n", *line->command ? " " : "", line->command);
    va_end(arguments);
    return CLI_USAGE;
}

/* Letters to insert, delete or change to get from one word to the other. */
static int edit_distance(const char *a, const char *b)
{
    int row[LONGEST_WORD + 1];
    size_t width = strlen(b);
    if (width > LONGEST_WORD) return LONGEST_WORD;
    for (size_t i = 0; i <= width; i++) row[i] = (int)i;
    for (; *a; a++) {
        int diagonal = row[0]++;
        for (size_t i = 1; i <= width; i++) {
            int best = diagonal + (*a != b[i - 1]);
            diagonal = row[i];
            if (row[i] + 1 < best) best = row[i] + 1;
            if (row[i - 1] + 1 < best) best = row[i - 1] + 1;
            row[i] = best;
        }
    }
    return row[width];
}

const char *cli_options_nearest(const char *word, const char *const *entries)
{
    const char *nearest = NULL;
    int least = 3; /* two slips at most: more is another word */
    if (strlen(word) > LONGEST_WORD) return NULL;
    for (; *entries; entries++) {
        int distance = edit_distance(word, *entries);
        /* The beginning of an option ("--thresh") is meant as that option, however much is missing. */
        if (strlen(word) > 3 && !strncmp(word, *entries, strlen(word))) distance = 1;
        if (distance < least && distance < (int)strlen(*entries) - 1) {
            least = distance;
            nearest = *entries;
        }
    }
    return nearest;
}

int cli_options_number(const struct cli_line *line, const char *option, const char *text, double lowest,
                       double highest, double *value)
{
    /* strtod would also take "inf", "nan", hexadecimal and leading blanks. */
    char *end;
    double read = strtod(text, &end);
    if (!*text || *end || text[strspn(text, "0123456789.eE+-")] || !isfinite(read)) {
        cli_options_wrong(line, "%s: '%s' is not a number", option, text);
        return 0;
    }
    if (read < lowest || read > highest) {
        cli_options_wrong(line, "%s: %s is not in %.10g to %.10g", option, text, lowest, highest);
        return 0;
    }
    *value = read;
    return 1;
}

int cli_options_resample(const struct cli_line *line, const char *text, int *resample, double *resample_nm)
{
    if (!text || !strcmp(text, "auto")) return 1;
    if (!strcmp(text, "off")) {
        *resample = 0;
        return 1;
    }
    if (!strpbrk(text, "0123456789"))
        return cli_options_wrong(line, "--resample: '%s' is not auto, off or a pixel size in nm", text), 0;
    return cli_options_number(line, "--resample", text, CLI_SMALLEST_NM, CLI_LARGEST_NM, resample_nm);
}

int cli_options_diameters(const struct cli_line *line, double least_nm, double most_nm)
{
    if (most_nm <= 0 || most_nm >= least_nm) return 1;
    return cli_options_wrong(line, "--max-diameter %g is below --min-diameter %g", most_nm, least_nm), 0;
}

int cli_options_seed(const struct cli_line *line, double number, uint64_t *seed)
{
    *seed = (uint64_t)number;
    if ((double)*seed == number) return 1;
    return cli_options_wrong(line, "--seed: %g is no whole number", number), 0;
}

static int unknown_option(const struct cli_line *line, const char *name)
{
    const char *names[MOST_OPTIONS + 2];
    size_t count = 0;
    for (const struct cli_option *o = line->options; o->name && count < MOST_OPTIONS; o++)
        names[count++] = o->name;
    names[count++] = "--help";
    names[count] = NULL;
    const char *nearest = cli_options_nearest(name, names);
    if (nearest) return cli_options_wrong(line, "unknown option '%s'; did you mean '%s'?", name, nearest);
    return cli_options_wrong(line, "unknown option '%s'", name);
}

static int take_word(const struct cli_line *line, const struct cli_option *option, const char *text)
{
    for (int i = 0; option->words[i]; i++) {
        if (strcmp(option->words[i], text)) continue;
        *(int *)option->value = i;
        return 1;
    }
    char list[256] = "";
    for (int i = 0; option->words[i]; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? ", " : "", option->words[i]);
    cli_options_wrong(line, "%s: '%s' is not one of %s", option->name, text, list);
    return 0;
}

static int take_text(const struct cli_line *line, const struct cli_option *option, const char *text)
{
    struct cli_texts *texts = option->value;
    if (!*text) return cli_options_wrong(line, "%s: the value is empty", option->name), 0;
    if (option->kind == CLI_OPTION_TEXT) {
        *(const char **)option->value = text;
        return 1;
    }
    if (texts->count == CLI_MOST_TEXTS)
        return cli_options_wrong(line, "%s is given more than %d times", option->name, CLI_MOST_TEXTS), 0;
    texts->items[texts->count++] = text;
    return 1;
}

static int take_value(const struct cli_line *line, const struct cli_option *option, const char *text)
{
    double number;
    switch (option->kind) {
    case CLI_OPTION_TEXT:
    case CLI_OPTION_TEXTS:
        return take_text(line, option, text);
    case CLI_OPTION_WORD:
        return take_word(line, option, text);
    case CLI_OPTION_NUMBER:
        return cli_options_number(line, option->name, text, option->lowest, option->highest, option->value);
    case CLI_OPTION_INTEGER:
        if (!cli_options_number(line, option->name, text, option->lowest, option->highest, &number)) return 0;
        if (number != floor(number))
            return cli_options_wrong(line, "%s: %s is not a whole number", option->name, text), 0;
        *(int32_t *)option->value = (int32_t)number;
        return 1;
    case CLI_OPTION_FLAG:
        break;
    }
    *(int *)option->value = 1;
    return 1;
}

/* Reads the option at argv[*at]; its value may be the argument behind it, then *at moves on. */
static int take_option(const struct cli_line *line, int argc, char **argv, int *at)
{
    const char *argument = argv[*at], *equals = strchr(argument, '=');
    size_t length = equals ? (size_t)(equals - argument) : strlen(argument);
    const struct cli_option *option = line->options;
    while (option->name && (strlen(option->name) != length || strncmp(option->name, argument, length)))
        option++;
    if (!option->name) {
        char name[LONGEST_WORD + 1];
        snprintf(name, sizeof name, "%.*s", (int)(length < LONGEST_WORD ? length : LONGEST_WORD), argument);
        return unknown_option(line, name), 0;
    }
    if (option->kind == CLI_OPTION_FLAG) {
        if (equals) return cli_options_wrong(line, "%s takes no value", option->name), 0;
        return take_value(line, option, "");
    }
    if (equals) return take_value(line, option, equals + 1);
    if (*at + 1 >= argc || !strncmp(argv[*at + 1], "--", 2))
        return cli_options_wrong(line, "%s needs a value", option->name), 0;
    return take_value(line, option, argv[++*at]);
}

int cli_options_parse(struct cli_line *line, int argc, char **argv, int *exit_code)
{
    int only_operands = 0;
    line->operands = argv; /* operands move to the front: never past the argument being read */
    line->operand_count = 0;
    for (int i = 0; i < argc; i++) {
        /* A lone "-" is a name, as everywhere; an empty one is a variable that a script forgot to set. */
        if (!argv[i][0]) {
            *exit_code = cli_options_wrong(line, "an argument is empty");
            return 0;
        }
        if (only_operands || argv[i][0] != '-' || !argv[i][1]) {
            line->operands[line->operand_count++] = argv[i];
        } else if (!strcmp(argv[i], "--")) {
            only_operands = 1;
        } else if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            fputs(line->help, stdout);
            *exit_code = CLI_DONE;
            return 0;
        } else if (!take_option(line, argc, argv, &i)) {
            *exit_code = CLI_USAGE;
            return 0;
        }
    }
    return 1;
}
