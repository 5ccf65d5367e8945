/* make_malformed_models.c - writes the malformed models and texts that stand in onnx/, package/, yaml/ and
 * json/ beside it.
 *
 *     cc -std=gnu11 -I tests -o /tmp/make tests/malformed/make_malformed_models.c && /tmp/make
 * tests/malformed
 *
 * Each file is `<kind>-<defect>.<ext>`: one thing is wrong with it, and the reader, the compiler of graphs,
 * or what reads a package must say so. Files named `<kind>-whole-<what>.<ext>` are right: what fuzzing starts
 * from. Those of package/ are descriptions of a network of one operator that the tests put beside them.
 */
#include <stdio.h>

#include "support/wire.h"

static const char *folder;

static void save(const char *kind, const char *defect, const char *extension, const void *bytes, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/%s-%s.%s", folder, kind, kind, defect, extension);
    FILE *stream = fopen(path, "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0) {
        perror(path);
        exit(1);
    }
}

/* ---- ONNX ---- */

enum { FLOAT = 1, INT64 = 7 };

static struct wire graph; /* on its way */

static void put_node(const char *operator, const char * const * inputs, const char *output)
{
    struct wire node = {0};
    for (; *inputs; inputs++) wire_text(&node, 1, *inputs);
    wire_text(&node, 2, output);
    wire_text(&node, 3, output);
    wire_text(&node, 4, operator);
    wire_message(&graph, 1, &node);
}

#define NODE(operator, output, ...) put_node(operator,(const char *const[]){__VA_ARGS__, NULL}, output)

static void put_node_ints(const char *operator, const char * input, const char *weight, const char *output,
                          const char *name, int count, const int64_t *values)
{
    struct wire node = {0}, attribute = {0};
    wire_text(&node, 1, input);
    if (weight) wire_text(&node, 1, weight);
    wire_text(&node, 2, output);
    wire_text(&node, 4, operator);
    wire_text(&attribute, 1, name);
    for (int i = 0; i < count; i++) wire_number(&attribute, count > 1 ? 8 : 3, values[i]);
    wire_number(&attribute, 20, count > 1 ? 7 : 2);
    wire_message(&node, 5, &attribute);
    wire_message(&graph, 1, &node);
}

static void put_floats(const char *name, int rank, const int64_t *dims, int count)
{
    struct wire tensor = wire_tensor(name, FLOAT, rank, dims);
    float *zeros = calloc((size_t)count + 1, sizeof *zeros);
    wire_bytes(&tensor, 9, zeros, (size_t)count * sizeof *zeros);
    wire_message(&graph, 5, &tensor);
    free(zeros);
}

static void put_integers(const char *name, int count, const int64_t *values)
{
    struct wire tensor = wire_tensor(name, INT64, 1, (int64_t[]){count});
    wire_bytes(&tensor, 9, values, (size_t)count * sizeof *values);
    wire_message(&graph, 5, &tensor);
}

static void put_ends(int rank, const int64_t *in, const int64_t *out)
{
    struct wire value = wire_value("x", rank, in);
    wire_message(&graph, 11, &value);
    value = wire_value("y", rank, out);
    wire_message(&graph, 12, &value);
}

static const int64_t image[] = {1, 1, -1, -1};

static void put_image_ends(void)
{
    put_ends(4, image, image);
}

static void save_onnx(const char *defect)
{
    struct wire model = wire_model(&graph, 13);
    save("onnx", defect, "onnx", model.bytes, model.size);
    free(model.bytes);
}

static void graph_files(void)
{
    put_image_ends();
    save_onnx("output-without-node");
    put_image_ends();
    NODE("Relu", "a", "y");
    NODE("Relu", "y", "a");
    save_onnx("cycle-of-two");
    put_image_ends();
    NODE("Add", "y", "x", "y");
    save_onnx("cycle-of-one");
    put_image_ends();
    NODE("Relu", "y", "nowhere");
    save_onnx("input-missing");
    put_image_ends();
    NODE("Conv", "y", "x", "w");
    save_onnx("initializer-missing");
    put_image_ends();
    NODE("Relu", "y", "x");
    NODE("Sigmoid", "y", "x");
    save_onnx("value-made-twice");
    put_image_ends();
    NODE("", "y", "x");
    save_onnx("operator-without-name");
    put_image_ends();
    NODE("NoSuchOperator", "y", "x");
    save_onnx("operator-unknown");
    put_image_ends();
    NODE("Concat", "y", "x", "x");
    save_onnx("attribute-missing");
    put_image_ends();
    put_node_ints("Transpose", "x", NULL, "y", "perm", 4, (int64_t[]){0, 1, 2, 2});
    save_onnx("transpose-to-the-same-axis");
    put_image_ends();
    put_node_ints("Softmax", "x", NULL, "y", "axis", 1, (int64_t[]){9});
    save_onnx("axis-9");
    put_image_ends();
    NODE("Conv", "y", "x", "w");
    put_floats("w", 4, (int64_t[]){2, 3, 1, 1}, 6);
    save_onnx("weights-for-3-channels");
    put_image_ends();
    NODE("Add", "y", "x", "w");
    put_floats("w", 4, (int64_t[]){1, 5, 7, 9}, 315);
    save_onnx("shapes-that-do-not-broadcast");
    put_image_ends();
    NODE("MatMul", "y", "x", "w");
    put_floats("w", 2, (int64_t[]){3, 5}, 15);
    save_onnx("product-of-other-sizes");
    put_ends(4, (int64_t[]){1, 1, 1LL << 40, 1LL << 40}, image);
    NODE("Relu", "y", "x");
    save_onnx("input-of-2e40");
    put_ends(4, (int64_t[]){1, 0, -1, -1}, image);
    NODE("Relu", "y", "x");
    save_onnx("input-without-channels");
    put_ends(4, (int64_t[]){1, -7, -1, -1}, image);
    NODE("Relu", "y", "x");
    save_onnx("input-of-minus-7");
}

/* Operators that ask for a great deal in few bytes. */
static void absurd_files(void)
{
    static const struct {
        const char *defect, *operator, * name;
        int64_t values[4];
    } attributes[] = {
        {"kernel-of-2e31", "MaxPool", "kernel_shape", {1LL << 31, 1LL << 31, 0, 0}},
        {"kernel-of-zero", "MaxPool", "kernel_shape", {0, 0, 0, 0}},
        {"kernel-negative", "MaxPool", "kernel_shape", {-2, -2, 0, 0}},
    };
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
        put_image_ends();
        put_node_ints(attributes[i].operator, "x", NULL, "y", attributes[i].name, 2, attributes[i].values);
        save_onnx(attributes[i].defect);
    }
    static const struct {
        const char *defect, *name;
        int count;
        int64_t values[4];
    } windows[] = {
        {"pads-of-2e40", "pads", 4, {1LL << 40, 1LL << 40, 1LL << 40, 1LL << 40}},
        {"pads-negative", "pads", 4, {-100, -100, -100, -100}},
        {"strides-of-zero", "strides", 2, {0, 0, 0, 0}},
        {"dilations-of-2e62", "dilations", 2, {1LL << 62, 1LL << 62, 0, 0}},
        {"group-of-zero", "group", 1, {0, 0, 0, 0}},
        {"group-of-7", "group", 1, {7, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
        put_image_ends();
        put_node_ints("Conv", "x", "w", "y", windows[i].name, windows[i].count, windows[i].values);
        put_floats("w", 4, (int64_t[]){1, 1, 3, 3}, 9);
        save_onnx(windows[i].defect);
    }
    static const struct {
        const char *defect, *operator;
        int count;
        int64_t values[8];
    } operands[] = {
        {"tile-2e40-times", "Tile", 4, {1, 1, 1LL << 20, 1LL << 20}},
        {"tile-2e62-times", "Tile", 4, {1, 1, 1LL << 62, 1LL << 62}},
        {"expand-to-2e60", "Expand", 4, {1, 1LL << 60, 64, 64}},
        {"reshape-to-nothing-that-fits", "Reshape", 2, {7, 11}},
        {"reshape-to-two-unknown", "Reshape", 4, {-1, -1, 1, 1}},
        {"reshape-to-2e62", "Reshape", 2, {1LL << 62, 1LL << 62}},
        {"reshape-to-minus-5", "Reshape", 2, {-5, 1}},
        {"pad-of-2e50", "Pad", 8, {0, 0, 1LL << 50, 0, 0, 0, 0, 0}},
        {"pad-that-cuts-everything", "Pad", 8, {0, 0, -999, 0, 0, 0, -999, 0}},
    };
    for (size_t i = 0; i < sizeof operands / sizeof *operands; i++) {
        put_image_ends();
        NODE(operands[i].operator, "y", "x", "shape");
        put_integers("shape", operands[i].count, operands[i].values);
        save_onnx(operands[i].defect);
    }
    put_image_ends();
    NODE("ConstantOfShape", "large", "shape");
    NODE("Add", "y", "x", "large");
    put_integers("shape", 4, (int64_t[]){1, 1, 1LL << 25, 1LL << 14});
    save_onnx("constant-of-2e39");
    put_image_ends();
    NODE("Range", "numbers", "from", "to", "step");
    NODE("ReduceSum", "sum", "numbers");
    NODE("Cast", "number", "sum");
    NODE("Add", "y", "x", "number");
    for (int i = 0; i < 3; i++) {
        struct wire scalar = wire_tensor(i == 0 ? "from" : i == 1 ? "to" : "step", INT64, 0, NULL);
        wire_number(&scalar, 7, i == 1 ? INT64_MAX : i / 2);
        wire_message(&graph, 5, &scalar);
    }
    save_onnx("range-of-2e63");
    /* Each step doubles a constant: forty of them make a terabyte while constants are folded. */
    put_image_ends();
    char from[16] = "w", to[16];
    put_floats("w", 1, (int64_t[]){1}, 1);
    for (int i = 0; i < 40; i++) {
        snprintf(to, sizeof to, "w%d", i);
        struct wire node = {0}, attribute = {0};
        wire_text(&node, 1, from);
        wire_text(&node, 1, from);
        wire_text(&node, 2, to);
        wire_text(&node, 4, "Concat");
        wire_text(&attribute, 1, "axis");
        wire_number(&attribute, 3, 0);
        wire_number(&attribute, 20, 2);
        wire_message(&node, 5, &attribute);
        wire_message(&graph, 1, &node);
        strcpy(from, to);
    }
    NODE("ReduceSum", "sum", from);
    NODE("Add", "y", "x", "sum");
    save_onnx("constant-doubled-40-times");
}

static void file_files(void)
{
    struct wire tensor, model, node = {0}, inner = {0}, opset = {0};
    save("onnx", "empty", "onnx", "", 0);
    save("onnx", "of-text", "onnx", "This is not a network.\n", 23);
    save("onnx", "of-zeros", "onnx", (char[64]){0}, 64);
    put_image_ends();
    tensor = wire_tensor("w", FLOAT, 2, (int64_t[]){3, 4});
    wire_bytes(&tensor, 9, "short", 5);
    wire_message(&graph, 5, &tensor);
    NODE("Add", "y", "x", "w");
    save_onnx("tensor-too-short");
    tensor = wire_tensor("w", FLOAT, 2, (int64_t[]){1LL << 33, 1LL << 33});
    wire_message(&graph, 5, &tensor);
    save_onnx("tensor-of-2e66");
    tensor = wire_tensor("w", FLOAT, 1, (int64_t[]){-4});
    wire_message(&graph, 5, &tensor);
    save_onnx("tensor-of-minus-4");
    put_image_ends();
    tensor = wire_tensor("w", FLOAT, 1, (int64_t[]){1});
    wire_number(&tensor, 14, 1);
    wire_text(&inner, 1, "location");
    wire_text(&inner, 2, "../../etc/passwd");
    wire_message(&tensor, 13, &inner);
    wire_message(&graph, 5, &tensor);
    NODE("Add", "y", "x", "w");
    save_onnx("data-outside-the-folder");
    put_image_ends();
    wire_bytes(&node, 4, "Re\0lu", 5);
    wire_message(&graph, 1, &node);
    save_onnx("nul-in-a-name");
    put_image_ends();
    wire_bytes(&node, 4, "Rel\xff", 4);
    wire_message(&graph, 1, &node);
    save_onnx("name-not-utf8");
    put_image_ends();
    wire_bytes(&graph, 15, "", 0);
    save_onnx("sparse-weights");

    put_image_ends();
    NODE("Relu", "y", "x");
    model = wire_model(&graph, 9999);
    save("onnx", "opset-9999", "onnx", model.bytes, model.size);
    model.size = 0;
    wire_number(&model, 1, 8);
    wire_bytes(&model, 7, "", 0);
    save("onnx", "opset-missing", "onnx", model.bytes, model.size);
    wire_number(&opset, 2, 13);
    wire_message(&model, 8, &opset);
    save("onnx", "graph-empty", "onnx", model.bytes, model.size);
    wire_bytes(&model, 7, "", 0);
    save("onnx", "graph-twice", "onnx", model.bytes, model.size);
    model.size = 0;
    wire_put(&model, "\x3a\xff\xff\xff\xff\x7f", 6);
    save("onnx", "field-of-34-gb", "onnx", model.bytes, model.size);
    free(model.bytes);

    for (int depth = 0; depth < 3000; depth++) { /* a graph in an attribute of a node of a graph ... */
        struct wire attribute = {0}, branch = {0};
        wire_text(&attribute, 1, "b");
        wire_message(&attribute, 6, &inner);
        wire_number(&attribute, 20, 5);
        wire_text(&node, 4, "If");
        wire_message(&node, 5, &attribute);
        wire_message(&branch, 1, &node);
        inner = branch;
    }
    graph = inner;
    put_image_ends();
    save_onnx("nested-3000-deep");
}

static void whole_onnx_files(void)
{
    put_image_ends();
    put_node_ints("Conv", "x", "w", "a", "pads", 4, (int64_t[]){1, 1, 1, 1});
    NODE("Relu", "y", "a");
    put_floats("w", 4, (int64_t[]){1, 1, 3, 3}, 9);
    save_onnx("whole-convolution");
    put_image_ends();
    NODE("Shape", "shape", "x");
    NODE("Reshape", "a", "x", "shape");
    NODE("Mul", "y", "a", "two");
    struct wire two = wire_tensor("two", FLOAT, 0, NULL);
    wire_bytes(&two, 4, (float[]){2}, 4);
    wire_message(&graph, 5, &two);
    save_onnx("whole-folded-shape");
}

/* ---- texts ---- */

struct text_file {
    const char *defect, *text;
};

static void text_files(const char *kind, const char *extension, const struct text_file *files, size_t count)
{
    for (size_t i = 0; i < count; i++)
        save(kind, files[i].defect, extension, files[i].text, strlen(files[i].text));
}

static void repeated_file(const char *kind, const char *defect, const char *extension, const char *part,
                          size_t count)
{
    struct wire text = {0};
    for (size_t i = 0; i < count; i++) wire_put(&text, part, strlen(part));
    save(kind, defect, extension, text.bytes, text.size);
    free(text.bytes);
}

static void yaml_files(void)
{
    static const struct text_file files[] = {
        {"aliases",
         "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
         "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n"},
        {"alias-to-itself", "a: &a [*a]\n"},
        {"anchor", "a: &a 1\n"},
        {"key-twice", "a: 1\nb: 2\na: 3\n"},
        {"key-of-a-list", "[a, b]: 1\n"},
        {"key-of-a-map", "{a: b}: 1\n"},
        {"two-documents", "a: 1\n---\nb: 2\n"},
        {"quote-open", "a: \"no end\n"},
        {"list-open", "a: [1, 2\n"},
        {"tab", "a:\n\tb: 1\n"},
        {"nul-escaped", "a: \"x\\0y\"\n"},
        {"not-utf8", "a: \xff\xfe\xfd\n"},
        {"surrogate", "a: \xed\xa0\x80\n"},
        {"version-9", "%YAML 9.9\n---\na: 1\n"},
        {"indentation", "a:\n    b: 1\n  c: 2\n"},
        {"colons", "a: b: c: d\n"},
        {"whole-styles",
         "%YAML 1.2\n---\na: 1 # one\nb: [x, 'y', \"z\\n\"]\nc:\n- {d: 2.5e-3, e: ~}\n- |\n  text\n  "
         "more\n- >-\n  folded\n  text\nf: !!str 12\n\"g h\": .inf\n"},
    };
    text_files("yaml", "yaml", files, sizeof files / sizeof *files);
    repeated_file("yaml", "lists-in-lists", "yaml", "[", 5000);
    repeated_file("yaml", "items-in-items", "yaml", "- ", 5000);
    repeated_file("yaml", "maps-in-maps", "yaml", "{a: ", 5000);
    repeated_file("yaml", "keys-in-keys", "yaml", "? ", 5000);
}

static void json_files(void)
{
    static const struct text_file files[] = {
        {"empty", ""},
        {"key-twice", "{\"a\": 1, \"a\": 2}"},
        {"list-open", "[1, 2"},
        {"text-open", "[\"no end]"},
        {"comma-last", "[1, 2,]"},
        {"two-values", "1 2"},
        {"not-utf8", "[\"\xff\"]"},
        {"surrogate-alone", "[\"\\ud800\"]"},
        {"nul-escaped", "[\"a\\u0000b\"]"},
        {"number-of-1e999", "[1e999]"},
        {"number-of-40-digits", "[1234567890123456789012345678901234567890]"},
        {"nan", "[NaN]"},
        {"single-quotes", "{'a': 1}"},
        {"whole-everything",
         "{\"a\": [1, -2.5e-3, true, false, null], \"b\": {\"c\": \"\\u00e9 \\\" \\n\"}, \"d\": {}, "
         "\"e\": []}\n"},
    };
    text_files("json", "json", files, sizeof files / sizeof *files);
    repeated_file("json", "lists-in-lists", "json", "[", 5000);
    repeated_file("json", "maps-in-maps", "json", "{\"a\":", 5000);
}

#define AXES4    "axes: bcyx, shape: {min: [1, 1, 8, 8], step: [0, 0, 4, 4]}"
#define HEAD4    "format_version: 0.4.10\ntype: model\nname: m\nweights: {onnx: {source: net.onnx}}\n"
#define IN4      "inputs: [{name: x, " AXES4 "}]\n"
#define OUT4     "outputs: [{name: y, axes: bcyx}]\n"
#define STEP4(s) HEAD4 "inputs: [{name: x, " AXES4 ", preprocessing: [" s "]}]\n" OUT4

static void package_files(void)
{
    static const struct text_file files[] = {
        {"empty", ""},
        {"of-a-list", "[1, 2]\n"},
        {"version-missing", "name: m\n" IN4 OUT4},
        {"version-0.3", "format_version: 0.3.6\n" IN4 OUT4},
        {"type-dataset", "format_version: 0.5.4\ntype: dataset\n"},
        {"weights-missing", "format_version: 0.4.10\n" IN4 OUT4},
        {"weights-of-torch", "format_version: 0.4.10\nweights: {torchscript: {source: a.pt}}\n" IN4 OUT4},
        {"weights-of-text", "format_version: 0.4.10\nweights: onnx\n" IN4 OUT4},
        {"source-missing", "format_version: 0.4.10\nweights: {onnx: {}}\n" IN4 OUT4},
        {"source-outside",
         "format_version: 0.4.10\nweights: {onnx: {source: ../../../etc/passwd}}\n" IN4 OUT4},
        {"source-absolute", "format_version: 0.4.10\nweights: {onnx: {source: /etc/passwd}}\n" IN4 OUT4},
        {"source-on-the-web",
         "format_version: 0.4.10\nweights: {onnx: {source: 'https://a.b/c.onnx'}}\n" IN4 OUT4},
        {"digest-wrong",
         "format_version: 0.4.10\nweights: {onnx: {source: net.onnx, sha256: '00'}}\n" IN4 OUT4},
        {"inputs-missing", HEAD4 OUT4},
        {"inputs-of-text", HEAD4 "inputs: x\n" OUT4},
        {"inputs-two", HEAD4 "inputs: [{name: x, " AXES4 "}, {name: z, " AXES4 "}]\n" OUT4},
        {"inputs-of-texts", HEAD4 "inputs: [x]\n" OUT4},
        {"axes-missing", HEAD4 "inputs: [{name: x}]\n" OUT4},
        {"axes-empty", HEAD4 "inputs: [{name: x, axes: ''}]\n" OUT4},
        {"axes-unknown", HEAD4 "inputs: [{name: x, axes: bqyx}]\n" OUT4},
        {"axes-twice", HEAD4 "inputs: [{name: x, axes: bcxx}]\n" OUT4},
        {"axes-of-volumes", HEAD4 "inputs: [{name: x, axes: bczyx}]\n" OUT4},
        {"axes-too-many", HEAD4 "inputs: [{name: x, axes: bcyxbcyxbcyx}]\n" OUT4},
        {"axes-of-maps", HEAD4 "inputs: [{name: x, axes: {a: b}}]\n" OUT4},
        {"axes-two", HEAD4 "inputs: [{name: x, axes: yx, shape: [8, 8]}]\n" OUT4},
        {"shape-of-text", HEAD4 "inputs: [{name: x, axes: bcyx, shape: [1, 1, eight, 8]}]\n" OUT4},
        {"shape-of-1e300", HEAD4 "inputs: [{name: x, axes: bcyx, shape: [1, 1, 1e300, 8]}]\n" OUT4},
        {"shape-negative", HEAD4 "inputs: [{name: x, axes: bcyx, shape: [1, 1, -8, 8]}]\n" OUT4},
        {"shape-of-halves", HEAD4 "inputs: [{name: x, axes: bcyx, shape: [1, 1, 8.5, 8]}]\n" OUT4},
        {"shape-of-nan", HEAD4 "inputs: [{name: x, axes: bcyx, shape: [1, 1, .nan, 8]}]\n" OUT4},
        {"shape-too-short", HEAD4 "inputs: [{name: x, axes: bcyx, shape: [1, 1]}]\n" OUT4},
        {"shape-of-maps", HEAD4 "inputs: [{name: x, axes: bcyx, shape: {min: {a: b}, step: 3}}]\n" OUT4},
        {"channels-of-9", HEAD4 "inputs: [{name: x, axes: bcyx, shape: [1, 9, 8, 8]}]\n" OUT4},
        {"halo-negative", HEAD4 IN4 "outputs: [{name: y, axes: bcyx, halo: [0, 0, -5, 0]}]\n"},
        {"step-unknown", STEP4("{name: no_such_step}")},
        {"step-of-text", STEP4("clip")},
        {"step-per-dataset", STEP4("{name: zero_mean_unit_variance, kwargs: {mode: per_dataset, axes: yx}}")},
        {"step-over-a-row", STEP4("{name: zero_mean_unit_variance, kwargs: {mode: per_sample, axes: x}}")},
        {"step-of-9-channels", STEP4("{name: scale_linear, kwargs: {gain: [1, 2, 3, 4, 5, 6, 7, 8, 9]}}")},
        {"step-of-no-channels", STEP4("{name: scale_linear, kwargs: {gain: []}}")},
        {"step-of-spread-zero",
         STEP4("{name: zero_mean_unit_variance, kwargs: {mode: fixed, mean: 0, std: -1}}")},
        {"step-percentiles-turned",
         STEP4("{name: scale_range, kwargs: {axes: yx, min_percentile: 99, max_percentile: 1}}")},
        {"step-of-a-map", STEP4("{name: clip, kwargs: {min: {a: b}, max: 1}}")},
        {"tolerance-negative",
         HEAD4 IN4 OUT4 "config: {bioimageio: {reproducibility_tolerance: [{absolute_tolerance: -1}]}}\n"},
        {"pixel-size-negative", HEAD4 IN4 OUT4 "config: {fringe: {pixel_size_nm: -0.02}}\n"},
        {"pixel-size-range-turned", HEAD4 IN4 OUT4 "config: {fringe: {pixel_size_range_nm: [0.2, 0.1]}}\n"},
        {"pixel-size-range-of-one", HEAD4 IN4 OUT4 "config: {fringe: {pixel_size_range_nm: [0.2]}}\n"},
        {"whole-0.4", HEAD4
         "inputs: [{name: x, " AXES4 ", preprocessing: [{name: scale_range, kwargs: {mode: per_sample, "
         "axes: yx, min_percentile: 1, max_percentile: 99}}, {name: clip, kwargs: {min: 0, max: 1}}]}]\n"
         "outputs: [{name: y, axes: bcyx, halo: [0, 0, 8, 8], shape: {reference_tensor: x, scale: [1, 1, "
         "1, 1], offset: [0, 0, 0, 0]}, postprocessing: [{name: sigmoid}]}]\n"
         "test_inputs: [a.npy]\ntest_outputs: [b.npy]\n"},
        {"whole-0.5", "format_version: 0.5.4\ntype: model\nname: m\nweights:\n  onnx: {source: net.onnx, "
                      "opset_version: 13}\ninputs:\n- id: "
                      "x\n  axes:\n  - {type: batch}\n  - {type: channel, channel_names: [grey]}\n  - {type: "
                      "space, id: y, unit: "
                      "nanometer, scale: 0.02, size: {min: 8, step: 4}}\n  - {type: space, id: x, unit: "
                      "nanometer, scale: 0.02, size: "
                      "64}\n  preprocessing:\n  - {id: zero_mean_unit_variance, kwargs: {axes: [channel, y, "
                      "x]}}\noutputs:\n- id: y\n  "
                      "axes:\n  - {type: batch}\n  - {type: channel, channel_names: [particle]}\n  - {type: "
                      "space, id: y, halo: 4, size: "
                      "{tensor_id: x, axis_id: y}}\n  - {type: space, id: x, halo: 4, size: {tensor_id: x, "
                      "axis_id: x}}\nconfig:\n  "
                      "fringe: {pixel_size_nm: 0.02, polarity: dark}\n"},
    };
    text_files("package", "yaml", files, sizeof files / sizeof *files);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    folder = argv[1];
    graph_files();
    absurd_files();
    file_files();
    whole_onnx_files();
    yaml_files();
    json_files();
    package_files();
    return 0;
}
