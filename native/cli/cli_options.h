/* cli_options.h - reads a command's options from a table.
 *
 * `--name value` and `--name=value` mean the same; `--` ends the options; options and operands may be mixed;
 * an option given twice takes its last value. A value that begins with `--` needs the form with `=`, so that
 * a forgotten value is noticed, and so is an argument that is empty. What is wrong is said on standard error
 * in one line.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

/* Bounds that several commands share. A pixel size outside them is a slip of the unit. */
#define CLI_SMALLEST_NM  1e-6
#define CLI_LARGEST_NM   1e6
#define CLI_MOST_THREADS 1024   /* as fringe_run_create */
#define CLI_LARGEST_SEED 0x1p53 /* whole numbers of a double */

/* The words of --normalize, which begin behind FRINGE_NORMALIZE_MODEL: that is what comes without the option;
 * of
 * --border, by fringe_border; and of --connectivity, 8 and 4. */
extern const char *const cli_options_normalizations[], *const cli_options_borders[],
                                                           *const cli_options_connectivities[];

/* What an option that may be given several times has gathered, in order. */
enum { CLI_MOST_TEXTS = 64 };
struct cli_texts {
    const char *items[CLI_MOST_TEXTS];
    size_t count;
};

enum cli_option_kind {
    CLI_OPTION_FLAG,    /* no value; sets an int to 1 */
    CLI_OPTION_TEXT,    /* const char * */
    CLI_OPTION_TEXTS,   /* struct cli_texts: given again, one more */
    CLI_OPTION_INTEGER, /* int32_t in lowest to highest */
    CLI_OPTION_NUMBER,  /* double in lowest to highest */
    CLI_OPTION_WORD     /* int: the index in words */
};

struct cli_option {
    const char *name; /* with its dashes; NULL ends a table */
    enum cli_option_kind kind;
    void *value;              /* where it goes; untouched when the option is absent */
    double lowest, highest;   /* of an integer or number */
    const char *const *words; /* of a word, NULL at the end */
};

struct cli_line {
    const char *command;              /* as in messages: "segment" */
    const char *help;                 /* what --help prints */
    const struct cli_option *options; /* --help and -h are understood besides */
    char **operands;                  /* filled: the arguments that are no options, in order */
    int operand_count;
};

/* Reads argv, which is reordered. 1 when the command is to run; 0 when it is to end with *exit_code, because
 * help was printed or something is wrong. */
int cli_options_parse(struct cli_line *line, int argc, char **argv, int *exit_code);

/* Reads `text` as a finite number in lowest to highest; 0 after naming `option` and the numbers. */
int cli_options_number(const struct cli_line *line, const char *option, const char *text, double lowest,
                       double highest, double *value);

/* Reads the value of --resample, NULL where it is absent: "auto", "off" or a pixel size in nm. 0 after saying
 * what is wrong. */
int cli_options_resample(const struct cli_line *line, const char *text, int *resample, double *resample_nm);

/* Whether --max-diameter, where it is given (above 0), leaves something over --min-diameter; 0 after saying
 * that it does not. */
int cli_options_diameters(const struct cli_line *line, double least_nm, double most_nm);

/* Takes the number of --seed as a whole one; 0 after saying that it is none. */
int cli_options_seed(const struct cli_line *line, double number, uint64_t *seed);

/* Says what is wrong with the command line, "fringe segment: ...", and how to get help; gives CLI_USAGE. */
__attribute__((format(printf, 2, 3))) int cli_options_wrong(const struct cli_line *line, const char *format,
                                                            ...);

/* The entry of a list that `word` most likely meant, or NULL when none is near. */
const char *cli_options_nearest(const char *word, const char *const *entries);

#endif
