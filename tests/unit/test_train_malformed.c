/* Checkpoints that lie with a digest that is right, and networks that cannot be trained on: refused by name.
 */
#include <criterion/criterion.h>

#include "base/alloc.h"
#include "support/malformed_folder.h"
#include "support/tiny_training.h"
#include "train/network_onnx.h"

static char folder[] = "/tmp/fringe-malformed-XXXXXX";

static void remove_folder(void)
{
    file_remove_tree(folder, NULL);
}

static fringe_status take_up(const char *path, fringe_error *error)
{
    unsigned char *bytes;
    size_t size;
    cr_assert_eq(file_read_all(path, 1 << 20, &bytes, &size, NULL), FRINGE_OK, "%s", path);
    tiny_training_put(folder, bytes, size);
    alloc_free(bytes);
    return tiny_training_run(folder, NULL, NULL, error);
}

Test(train_malformed, checkpoints, .fini = remove_folder)
{
    cr_assert(mkdtemp(folder));
    malformed_folder_expect("checkpoint", take_up, 18);
}

static fringe_status read_network(const char *path, fringe_error *error)
{
    static struct network_onnx network;
    fringe_status status = network_onnx_read(path, &network, error);
    cr_expect(!status || strstr(error->message, path) != NULL, "%s is not in: %s", path, error->message);
    if (!status) network_onnx_clear(&network);
    return status;
}

Test(train_malformed, networks)
{
    malformed_folder_expect("network_onnx", read_network, 18);
}

static void expect_words(const char *defect, const char *words)
{
    char path[128];
    fringe_error error = {0};
    snprintf(path, sizeof path, "tests/malformed/network_onnx/network_onnx-%s.onnx", defect);
    cr_expect_eq(read_network(path, &error), FRINGE_UNSUPPORTED, "%s", path);
    cr_expect(strstr(error.message, words) != NULL, "'%s' is not in: %s", words, error.message);
}

/* What is refused for its cost is refused before it costs anything. */
Test(train_malformed, networks_that_ask_for_too_much)
{
    expect_words("nodes-of-4200", "4211 nodes and 10 constants, at most 4096");
    expect_words("layers-of-600", "too many layers");
    expect_words("levels-of-40", "too many layers or levels");
    expect_words("value-for-nobody", "no node reads the value 'nobody'");
    expect_words("conv-twice", "layers share weights");
}
