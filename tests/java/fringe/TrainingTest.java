package fringe;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.Before;
import org.junit.Test;

/** Trainings of seconds: what is heard of them, what stops them, and that they go on. */
public class TrainingTest {
    private static final int SIDE = 40;
    private static final int EPOCHS = 3;
    private Path folder;

    /** Two images of discs, one to train on and one to validate, and their masks. */
    @Before
    public void writeImages() throws IOException {
        folder = Files.createTempDirectory("Übung");
        for (String name : new String[] {"a", "b"}) {
            BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
            BufferedImage mask = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
            for (int i = 0; i < SIDE * SIDE; i++) {
                int x = i % SIDE, y = i / SIDE, centre = name.equals("a") ? 16 : 24;
                boolean inside = (x - centre) * (x - centre) + (y - 20) * (y - 20) < 100;
                image.getRaster().setSample(x, y, 0, (inside ? 150 : 60) + (7 * x + 13 * y) % 32);
                mask.getRaster().setSample(x, y, 0, inside ? 255 : 0);
            }
            ImageIO.write(image, "png", folder.resolve(name + ".png").toFile());
            ImageIO.write(mask, "png", folder.resolve(name + "-mask.png").toFile());
        }
    }

    private String recipe(String kind) throws IOException {
        Path path = folder.resolve(kind + ".yaml");
        String text = "data: {train: a.png, validation: b.png}\nnetwork: {kind: " + kind + ", widths: [2, 3]}\n"
                + "training: {epochs: " + EPOCHS + ", steps_per_epoch: 4, batch: 2, crop_px: 32}\n";
        Files.write(path, text.getBytes(StandardCharsets.UTF_8));
        return path.toString();
    }

    private String output(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    public void lossAndPreviewAreHeard() throws IOException {
        for (String kind : new String[] {"unet", "segnet"}) {
            List<TrainingProgress> heard = new ArrayList<>();
            Thread caller = Thread.currentThread();
            Training.train(recipe(kind), output(kind), null, (run, progress) -> {
                assertSame(caller, Thread.currentThread());
                heard.add(progress);
            }, null);
            int previews = 0;
            for (TrainingProgress progress : heard) {
                assertTrue("" + progress.loss(), progress.loss() > 0 && progress.loss() < 100);
                assertEquals(EPOCHS * 4, progress.stepCount());
                if (!progress.hasPreview()) {
                    assertNull(progress.previewClasses());
                    continue;
                }
                previews++;
                assertEquals(SIDE, progress.previewHeight());
                assertEquals(SIDE, progress.previewWidth());
                assertEquals(SIDE * SIDE, progress.previewImage().length);
                assertEquals(SIDE * SIDE, progress.previewClasses().length);
                for (byte value : progress.previewClasses()) assertTrue("" + value, value == 0 || value == 1);
                assertTrue(progress.previewImage()[20 * SIDE + 24] > progress.previewImage()[0]);
            }
            assertEquals(EPOCHS, previews);
            TrainingProgress last = heard.get(heard.size() - 1);
            assertEquals(EPOCHS, last.epoch());
            assertEquals(last.stepCount(), last.step());
            assertTrue(last.validationLoss() > 0);
            assertTrue(last.bestScore() >= last.score() && last.score() >= 0);
            assertTrue(last.secondsLeft() >= 0);
            assertEquals(1, Model.test(output(kind), null).caseCount());
        }
    }

    @Test
    public void whatWasCancelledGoesOn() throws IOException {
        String recipe = recipe("unet");
        Training.train(recipe, output("whole"), null, null, null);
        try (Run run = new Run(1, null)) {
            assertThrows(FringeCancelledException.class, () -> Training.train(recipe, output("stopped"), null,
                    (running, progress) -> {
                        if (progress.epoch() == 1) running.cancel();
                    }, run));
            assertTrue(run.isCancelled());
        }
        assertTrue(Files.exists(folder.resolve("stopped/checkpoint.fringe")));
        List<Long> steps = new ArrayList<>();
        Training.train(recipe, output("stopped"), null, (run, progress) -> steps.add(progress.step()), null);
        assertTrue(steps.toString(), steps.get(0) > 4);
        assertFalse(Files.exists(folder.resolve("stopped/checkpoint.fringe")));
        assertArrayEquals(Files.readAllBytes(folder.resolve("whole/weights.onnx")),
                Files.readAllBytes(folder.resolve("stopped/weights.onnx")));
    }

    @Test
    public void whatTheListenerThrowsComesOut() throws IOException {
        RuntimeException thrown = new UnsupportedOperationException("thrown by the listener");
        String recipe = recipe("unet");
        int[] calls = {0};
        Throwable caught = assertThrows(UnsupportedOperationException.class,
                () -> Training.train(recipe, output("thrown"), null, (run, progress) -> {
                    calls[0]++;
                    throw thrown;
                }, null));
        assertSame(thrown, caught);
        assertEquals(1, calls[0]);
    }

    @Test
    public void startsFromAnotherNetwork() throws IOException {
        String recipe = recipe("unet");
        Training.train(recipe, output("first"), null, null, null);
        assertThrows(FringeExistsException.class, () -> Training.train(recipe, output("first"), null, null, null));
        Training.train(recipe, output("second"), new TrainingOptions().from(output("first")), null, null);
        String card = new String(Files.readAllBytes(folder.resolve("second/README.md")), StandardCharsets.UTF_8);
        assertTrue(card, card.contains("that of the file with SHA-256"));
        assertThrows(FringeFileException.class, () -> Training.train(recipe, output("first"),
                new TrainingOptions().from(output("nowhere")).overwrite(true), null, null));
        assertEquals(1, Model.test(output("first"), null).caseCount());
    }

    @Test
    public void recipesThatAreWrong() throws IOException {
        assertThrows(FringeFileException.class, () -> Training.train(output("no.yaml"), output("x"), null, null, null));
        Path path = folder.resolve("wrong.yaml");
        Files.write(path, "data: {train: a.png}\ntraining: {epochs: 0}\n".getBytes(StandardCharsets.UTF_8));
        FringeException wrong = assertThrows(FringeFormatException.class,
                () -> Training.train(path.toString(), output("x"), null, null, null));
        assertTrue(wrong.getMessage(), wrong.getMessage().contains("line 2"));
        assertThrows(FringeArgumentException.class, () -> Training.train(null, output("x"), null, null, null));
    }
}
