/* json_write.h - writes JSON, key by key, in the order of the calls.
 *
 * Numbers come out the same under every locale and read back as the same double. A failure is remembered and
 * told once, by json_write_finish. One writer serves one thread.
 *
 *     struct json_writer *w;
 *     json_write_begin(JSON_INDENTED, &w, error);
 *     json_write_object(w, NULL);
 *     json_write_text(w, "status", "ok");
 *     json_write_list(w, "sizes_nm");
 *     json_write_number(w, NULL, 2.5);
 *     json_write_end(w);
 *     json_write_end(w);
 *     json_write_finish(w, &text, &size, error);
 */
#ifndef TEXT_JSON_WRITE_H
#define TEXT_JSON_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "fringe/status.h"

struct json_writer;

enum json_layout { JSON_ONE_LINE, JSON_INDENTED };

fringe_status json_write_begin(enum json_layout layout, struct json_writer **writer, fringe_error *error);

/* Each adds one value. `key` is its name inside an object, NULL inside a list and for the outermost. Bytes of
 * a text that are not UTF-8 (a file's name may be anything) come out as U+FFFD; a NULL text, and numbers that
 * are NaN or infinite, come out as null, since JSON has no such number. */
void json_write_object(struct json_writer *writer, const char *key); /* until json_write_end */
void json_write_list(struct json_writer *writer, const char *key);   /* until json_write_end */
void json_write_end(struct json_writer *writer);
void json_write_text(struct json_writer *writer, const char *key, const char *text);
void json_write_number(struct json_writer *writer, const char *key, double value);
void json_write_integer(struct json_writer *writer, const char *key, int64_t value);
void json_write_flag(struct json_writer *writer, const char *key, int value);
void json_write_null(struct json_writer *writer, const char *key);

/* Ends the writer and hands out its text, which ends in a line end and a NUL that *size (may be NULL) does
 * not count; the caller gives it to alloc_free. Objects and lists still open are closed. On failure *text is
 * NULL. */
fringe_status json_write_finish(struct json_writer *writer, char **text, size_t *size, fringe_error *error);

/* Drops a writer without a text; NULL is accepted. */
void json_write_discard(struct json_writer *writer);

#endif
