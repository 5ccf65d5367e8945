package fringe.imagej;

import fringe.FringeFileException;
import ij.IJ;
import ij.ImageStack;
import ij.VirtualStack;
import ij.process.ByteProcessor;
import ij.process.FloatProcessor;
import ij.process.ImageProcessor;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Planes of 8 or 32 bits in a file that is removed when ImageJ ends: for results that memory does not hold. ImageJ shows
 * and saves them as it does every virtual stack, a plane at a time.
 */
final class DiskStack extends VirtualStack {
    private final File file;
    private final int sampleBytes;
    private final List<String> labels = new ArrayList<>();

    private DiskStack(int width, int height, int sampleBytes) {
        super(width, height);
        this.sampleBytes = sampleBytes;
        setBitDepth(8 * sampleBytes);
        try {
            file = File.createTempFile("fringe-", ".raw");
            file.deleteOnExit();
        } catch (IOException e) {
            throw new FringeFileException(System.getProperty("java.io.tmpdir") + ": " + e.getMessage());
        }
    }

    /** A stack for `planes` like this one: in memory where they take less than half of what is free, or a plane 2 GiB. */
    static ImageStack forPlanes(ImageProcessor like, int planes) {
        int sampleBytes = like instanceof FloatProcessor ? 4 : 1;
        long plane = (long) like.getPixelCount() * sampleBytes, needed = planes * plane;
        boolean fits = needed < (IJ.maxMemory() - IJ.currentMemory()) / 2;
        if (fits || plane > Integer.MAX_VALUE) return new ImageStack(like.getWidth(), like.getHeight());
        DiskStack stack = new DiskStack(like.getWidth(), like.getHeight(), sampleBytes);
        IJ.log("Fringe: " + needed / 1048576 + " MiB of results are kept on the disk, in " + stack.file);
        return stack;
    }

    private int planeBytes() {
        return getWidth() * getHeight() * sampleBytes;
    }

    @Override
    public void addSlice(String label, ImageProcessor plane) {
        ByteBuffer bytes = ByteBuffer.allocate(planeBytes());
        if (sampleBytes == 4) bytes.asFloatBuffer().put((float[]) plane.getPixels());
        else bytes.put((byte[]) plane.getPixels());
        try (RandomAccessFile out = new RandomAccessFile(file, "rw")) {
            out.seek(out.length());
            out.write(bytes.array());
        } catch (IOException e) {
            throw new FringeFileException(file + ": " + e.getMessage());
        }
        labels.add(label);
    }

    @Override
    public Object getPixels(int n) {
        ByteBuffer bytes = ByteBuffer.allocate(planeBytes());
        try (RandomAccessFile in = new RandomAccessFile(file, "r")) {
            in.seek((long) (n - 1) * planeBytes());
            in.readFully(bytes.array());
        } catch (IOException e) {
            throw new FringeFileException(file + ": " + e.getMessage());
        }
        if (sampleBytes == 1) return bytes.array();
        float[] pixels = new float[getWidth() * getHeight()];
        bytes.asFloatBuffer().get(pixels);
        return pixels;
    }

    @Override
    public ImageProcessor getProcessor(int n) {
        Object pixels = getPixels(n);
        return sampleBytes == 1 ? new ByteProcessor(getWidth(), getHeight(), (byte[]) pixels)
                : new FloatProcessor(getWidth(), getHeight(), (float[]) pixels);
    }

    @Override
    public int getSize() {
        return labels.size();
    }

    @Override
    public int size() {
        return labels.size();
    }

    @Override
    public String getSliceLabel(int n) {
        return labels.get(n - 1);
    }

    @Override
    public void setSliceLabel(String label, int n) {
        labels.set(n - 1, label);
    }
}
