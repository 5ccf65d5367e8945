/* cli_json.h - JSON on one line, written as it comes.
 *
 * Commas are put by the writer. Texts are taken as UTF-8; bytes that are none (file names may hold any) come
 * out as U+FFFD, so that every line parses.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdio.h>

struct cli_json {
    FILE *stream;
    int comma; /* the next value needs one before it */
};

/* Objects and lists: '{' and '}', '[' and ']'. */
void cli_json_open(struct cli_json *json, char bracket);
void cli_json_close(struct cli_json *json, char bracket);

/* The name of the next value of an object. */
void cli_json_key(struct cli_json *json, const char *key);

void cli_json_text(struct cli_json *json, const char *text);
void cli_json_number(struct cli_json *json, double number); /* not finite: null */

/* Key and value. */
void cli_json_put_text(struct cli_json *json, const char *key, const char *text);
void cli_json_put_number(struct cli_json *json, const char *key, double number);

/* Where 0 stands for unknown: null. */
void cli_json_put_known(struct cli_json *json, const char *key, double number);

/* Ends the line and hands it to whoever reads. */
void cli_json_end_line(struct cli_json *json);

#endif
