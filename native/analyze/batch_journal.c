#include "analyze/batch_journal.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/failure.h"
#include "base/path.h"
#include "text/json_read.h"
#include "text/json_write.h"

/* A longer journal is not taken up: a line for each second of a week. */
#define MOST_BYTES (128 << 20)
#define PAUSE_MS   1000

static void forget(struct batch_checkpoint *checkpoint)
{
    alloc_free(checkpoint->counts);
    batch_texts_free(&checkpoint->notices);
    *checkpoint = (struct batch_checkpoint){0};
}

/* Adds the notices of a line to those before it, and takes over its numbers. 0 where it is no checkpoint. */
static int take_checkpoint(const struct text_node *line, struct batch_checkpoint *last)
{
    const struct text_node *counts = text_tree_find(line, "counts"),
                           *notices = text_tree_find(line, "notices");
    int64_t slices;
    if (!text_tree_integer(text_tree_find(line, "slices"), &slices) || slices <= last->slices ||
        slices > INT32_MAX ||
        !text_tree_integer(text_tree_find(line, "non_finite"), &last->non_finite_count) || !counts)
        return 0;
    int64_t *numbers = alloc_resize(last->counts, counts->count, sizeof *numbers);
    if (!numbers) return 0;
    last->counts = numbers;
    last->count_count = 0;
    for (const struct text_node *count = counts->first; count; count = count->next)
        if (!text_tree_integer(count, &numbers[last->count_count++])) return 0;
    for (const struct text_node *text = notices ? notices->first : NULL; text; text = text->next)
        if (batch_texts_add(&last->notices, alloc_text(text->text), NULL)) return 0;
    last->slices = (int32_t)slices;
    return 1;
}

/* Reads one line, without its end; the first is the origin. 0 where it is not what it should be. */
static int take_line(struct batch_journal *journal, const char *line, size_t length)
{
    struct text_tree *tree;
    if (json_read(line, length, "journal", &tree, NULL)) return 0;
    const struct text_node *root = text_tree_root(tree);
    int taken = journal->bytes > 0 ? take_checkpoint(root, &journal->last)
                                   : !strcmp(text_tree_text(root, "origin", ""), journal->origin);
    text_tree_free(tree);
    return taken;
}

/* Reads what an earlier run left. Whatever is wrong with it, the answer is to begin anew. */
static void read_journal(struct batch_journal *journal)
{
    unsigned char *bytes = NULL;
    size_t size = 0, length;
    if (!file_read_all(journal->file.temporary, MOST_BYTES, &bytes, &size, NULL)) {
        const char *line = (const char *)bytes, *end = line + size, *stop;
        for (; (stop = memchr(line, '\n', (size_t)(end - line))); line = stop + 1) {
            length = (size_t)(stop - line);
            if (!take_line(journal, line, length)) break; /* torn; what stands before it counts */
            journal->bytes += (int64_t)length + 1;
            if (journal->origin_bytes == 0) journal->origin_bytes = journal->bytes;
        }
    }
    journal->notices_kept = journal->last.notices.count;
    alloc_free(bytes);
}

/* Ends a line, puts it behind the others and onto the disk. */
static fringe_status put_line(struct batch_journal *journal, struct json_writer *json, fringe_error *error)
{
    char *text;
    size_t size;
    fringe_status status = json_write_finish(json, &text, &size, error);
    if (status) return status;
    fwrite(text, 1, size, journal->file.stream); /* a failure stays in the stream, and the sync tells it */
    alloc_free(text);
    status = file_writer_sync(&journal->file, error);
    journal->bytes += (int64_t)size;
    journal->kept_ms = clock_ms();
    return status;
}

static fringe_status put_origin(struct batch_journal *journal, fringe_error *error)
{
    struct json_writer *json;
    fringe_status status = json_write_begin(JSON_ONE_LINE, &json, error);
    if (status) return status;
    json_write_object(json, NULL);
    json_write_text(json, "origin", journal->origin);
    json_write_end(json);
    status = put_line(journal, json, error);
    journal->origin_bytes = journal->bytes;
    return status;
}

fringe_status batch_journal_claim(struct batch_journal *journal, const char *path, fringe_error *error)
{
    *journal = (struct batch_journal){0};
    return file_writer_claim(&journal->file, path, error);
}

/* Forgets the lines behind the first `bytes` bytes, and with them all checkpoints. */
static fringe_status cut_lines(struct batch_journal *journal, int64_t bytes, fringe_error *error)
{
    forget(&journal->last);
    journal->bytes = bytes;
    journal->notices_kept = 0;
    return file_writer_cut(&journal->file, bytes, error);
}

fringe_status batch_journal_begin(struct batch_journal *journal, const char *origin, fringe_error *error)
{
    if (!origin) return file_writer_cut(&journal->file, 0, error);
    journal->kept_ms = clock_ms();
    memcpy(journal->origin, origin, DIGEST_TEXT_BYTES);
    read_journal(journal);
    if (journal->last.slices > 0) return file_writer_cut(&journal->file, journal->bytes, error);
    fringe_status status = cut_lines(journal, 0, error);
    return status ? status : put_origin(journal, error);
}

int batch_journal_has_lines(const struct batch_journal *journal)
{
    return journal->bytes > 0;
}

fringe_status batch_journal_restart(struct batch_journal *journal, fringe_error *error)
{
    return cut_lines(journal, journal->origin_bytes, error);
}

int batch_journal_is_due(const struct batch_journal *journal)
{
    return batch_journal_has_lines(journal) && clock_ms() - journal->kept_ms >= PAUSE_MS;
}

fringe_status batch_journal_add(struct batch_journal *journal, const struct batch_checkpoint *now,
                                fringe_error *error)
{
    struct json_writer *json;
    fringe_status status = json_write_begin(JSON_ONE_LINE, &json, error);
    if (status) return status;
    json_write_object(json, NULL);
    json_write_integer(json, "slices", now->slices);
    json_write_integer(json, "non_finite", now->non_finite_count);
    json_write_list(json, "counts");
    for (size_t i = 0; i < now->count_count; i++) json_write_integer(json, NULL, now->counts[i]);
    json_write_end(json);
    json_write_list(json, "notices"); /* those that no earlier line holds */
    for (; journal->notices_kept < now->notices.count; journal->notices_kept++)
        json_write_text(json, NULL, now->notices.items[journal->notices_kept]);
    json_write_end(json);
    json_write_end(json);
    status = put_line(journal, json, error);
    if (!status) journal->last.slices = now->slices;
    return status;
}

void batch_journal_remove(struct batch_journal *journal)
{
    file_writer_discard(&journal->file);
    forget(&journal->last);
}

void batch_journal_keep(struct batch_journal *journal)
{
    file_writer_keep(&journal->file);
    forget(&journal->last);
}
