#include "text/yaml_read.h"

#include <yaml.h>

#include "base/failure.h"

struct reading {
    yaml_parser_t parser;
    struct text_tree *tree;
    struct text_node *open; /* the innermost map or list */
    /* The key that waits for its value; the event keeps its text. */
    yaml_event_t key;
    int has_key;
    int documents;
};

static struct text_node place_of(const yaml_event_t *event, enum text_kind kind)
{
    return (struct text_node){.kind = kind,
                              .text = "",
                              .key = "",
                              .line = (int)event->start_mark.line + 1,
                              .column = (int)event->start_mark.column + 1};
}

static fringe_status refuse(struct reading *reading, const yaml_event_t *event, const char *what,
                            fringe_error *error)
{
    struct text_node at = place_of(event, TEXT_SCALAR);
    return text_tree_wrong(reading->tree, &at, FRINGE_FORMAT, error, "%s", what);
}

/* Adds the value that an event begins, under the key that waits for it. */
static fringe_status add(struct reading *reading, const yaml_event_t *event, struct text_node content,
                         struct text_node **added, fringe_error *error)
{
    const char *text = NULL, *key = NULL;
    size_t text_length = 0, key_length = 0;
    if (event->type == YAML_SCALAR_EVENT) {
        text = (const char *)event->data.scalar.value;
        text_length = event->data.scalar.length;
        content.quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    }
    if (reading->has_key) {
        key = (const char *)reading->key.data.scalar.value;
        key_length = reading->key.data.scalar.length;
    }
    fringe_status status = text_tree_add(reading->tree, reading->open, &content, key, key_length, text,
                                         text_length, added, error);
    if (reading->has_key) yaml_event_delete(&reading->key);
    reading->has_key = 0;
    return status;
}

/* A map or list begins. */
static fringe_status begin(struct reading *reading, const yaml_event_t *event, enum text_kind kind,
                           const yaml_char_t *anchor, fringe_error *error)
{
    struct text_node *added;
    if (anchor) return refuse(reading, event, "anchors are not read", error);
    if (reading->open && reading->open->kind == TEXT_MAP && !reading->has_key)
        return refuse(reading, event, "a key must be a plain text", error);
    fringe_status status = add(reading, event, place_of(event, kind), &added, error);
    if (!status) reading->open = added;
    return status;
}

static fringe_status end(struct reading *reading, fringe_error *error)
{
    struct text_node *closed = reading->open;
    reading->open = (struct text_node *)closed->above; /* ours while the tree is being built */
    return closed->kind == TEXT_MAP ? text_tree_close_map(reading->tree, closed, error) : FRINGE_OK;
}

/* Takes the event over where it is a key: then *event is empty afterwards. */
static fringe_status scalar(struct reading *reading, yaml_event_t *event, fringe_error *error)
{
    struct text_node *added;
    if (event->data.scalar.anchor) return refuse(reading, event, "anchors are not read", error);
    if (reading->open && reading->open->kind == TEXT_MAP && !reading->has_key) {
        reading->key = *event;
        reading->has_key = 1;
        *event = (yaml_event_t){.type = YAML_NO_EVENT};
        return FRINGE_OK;
    }
    return add(reading, event, place_of(event, TEXT_SCALAR), &added, error);
}

/* Events, not libyaml's documents: those would be built whole before anybody could count. */
static fringe_status take(struct reading *reading, yaml_event_t *event, fringe_error *error)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (reading->documents++ > 0) return refuse(reading, event, "a second document begins", error);
        return FRINGE_OK;
    case YAML_ALIAS_EVENT:
        return refuse(reading, event, "aliases are not read", error);
    case YAML_SCALAR_EVENT:
        return scalar(reading, event, error);
    case YAML_SEQUENCE_START_EVENT:
        return begin(reading, event, TEXT_LIST, event->data.sequence_start.anchor, error);
    case YAML_MAPPING_START_EVENT:
        return begin(reading, event, TEXT_MAP, event->data.mapping_start.anchor, error);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return end(reading, error);
    default:
        return FRINGE_OK; /* ends of the document and of the stream */
    }
}

/* libyaml's own words, with the place where it stopped. */
static fringe_status parser_failed(const struct reading *reading, const char *name, fringe_error *error)
{
    const yaml_parser_t *parser = &reading->parser;
    if (parser->error == YAML_MEMORY_ERROR) return failure_memory(error, name, 0);
    if (parser->error == YAML_READER_ERROR)
        return failure_set(error, FRINGE_FORMAT, "%s: byte %zu: %s", name, parser->problem_offset,
                           parser->problem);
    return failure_set(error, FRINGE_FORMAT, "%s: line %zu, column %zu: %s%s%s", name,
                       parser->problem_mark.line + 1, parser->problem_mark.column + 1,
                       parser->context ? parser->context : "", parser->context ? ": " : "",
                       parser->problem ? parser->problem : "not YAML");
}

fringe_status yaml_read(const void *bytes, size_t size, const char *name, struct text_tree **tree,
                        fringe_error *error)
{
    struct reading reading = {0};
    *tree = NULL;
    if (size > TEXT_TREE_MOST_BYTES)
        return failure_set(error, FRINGE_FORMAT, "%s: %zu bytes, at most %d are read", name, size,
                           TEXT_TREE_MOST_BYTES);
    fringe_status status = text_tree_create(name, &reading.tree, error);
    if (status) return status;
    if (!yaml_parser_initialize(&reading.parser)) {
        status = failure_memory(error, name, size);
        goto done;
    }
    yaml_parser_set_input_string(&reading.parser, bytes, size);
    for (int more = 1; more && !status;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reading.parser, &event)) {
            status = parser_failed(&reading, name, error);
            break;
        }
        more = event.type != YAML_STREAM_END_EVENT;
        status = take(&reading, &event, error);
        yaml_event_delete(&event);
    }
    if (status) goto done;
    *tree = reading.tree;
    reading.tree = NULL;
done:
    if (reading.has_key) yaml_event_delete(&reading.key);
    yaml_parser_delete(&reading.parser);
    text_tree_free(reading.tree);
    return status;
}
