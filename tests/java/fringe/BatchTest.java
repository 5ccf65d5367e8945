package fringe;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import org.junit.Test;

/** A batch tells of each input, and stops where the listener throws. */
public class BatchTest {
    private final List<String> heard = new ArrayList<>();

    private Path folder() throws Exception {
        Path folder = Files.createTempDirectory("fringe-batch"), source = Paths.get(TestImages.micrograph("simulated-gold-2nm.tif"));
        for (String name : new String[] {"a.tif", "b.tif"}) Files.copy(source, folder.resolve(name));
        return folder;
    }

    private Batch.Summary analyze(Path folder, Batch batch, Run run) {
        try (Model model = Model.load(TestImages.MODEL, null)) {
            return batch.analyze(model, null, new String[] {folder.toString()}, folder.resolve("out").toString(), run);
        }
    }

    @Test
    public void everyInputIsHeard() throws Exception {
        Path folder = folder();
        Files.write(folder.resolve("broken.tif"), new byte[] {'I', 'I', 42, 0, 9});
        Batch batch = new Batch().listener((input, status, skipped, message, outputs, notices) -> {
            heard.add(Paths.get(input).getFileName() + " " + status);
            assertEquals(status.equals("ok"), outputs.length > 0);
            assertEquals(status.equals("ok"), message.isEmpty());
        });
        Batch.Summary summary = analyze(folder, batch, null);
        assertEquals(1, summary.failed);
        assertEquals(3, summary.done); // and the report
        assertTrue(heard.toString(), heard.contains("a.tif ok") && heard.contains("b.tif ok"));
        assertTrue(Files.exists(folder.resolve("out/b-mask.tif")));
        assertEquals("the same again", 2, analyze(folder, new Batch(), null).skipped);
    }

    /** With a run of the caller's or without one. */
    @Test
    public void listenerThatThrowsStopsIt() throws Exception {
        Batch batch = new Batch().listener((input, status, skipped, message, outputs, notices) -> {
            heard.add(input);
            throw new IllegalStateException("heard enough");
        });
        for (int pass = 0; pass < 2; pass++) {
            Path folder = folder();
            heard.clear();
            try (Run run = pass == 0 ? null : new Run()) {
                IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> analyze(folder, batch, run));
                assertEquals("heard enough", thrown.getMessage());
            }
            assertEquals(heard.toString(), 1, heard.size());
            assertTrue(Files.exists(folder.resolve("out/a-mask.tif")));
            assertFalse(Files.exists(folder.resolve("out/b-mask.tif")));
        }
    }
}
