package io.github.clip4j.spark;

import io.github.clip4j.image.ImageDecoder;
import io.github.clip4j.image.ImageException;
import io.github.clip4j.webdataset.TarSamples;
import io.github.clip4j.webdataset.WebDatasetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Files wherever Spark reads them: on local disks, HDFS, S3. */
record HadoopFiles(SerializableConfiguration configuration) implements Serializable {
    static HadoopFiles of(SparkSession spark) {
        return new HadoopFiles(new SerializableConfiguration(spark.sessionState().newHadoopConf()));
    }

    private FileSystem system(Path file) throws IOException {
        return file.getFileSystem(configuration.value());
    }

    /** @throws ImageException if it cannot be read or is too large */
    byte[] read(String file) {
        Path path = new Path(file);
        try {
            long size = system(path).getFileStatus(path).getLen();
            if (size > ImageDecoder.DEFAULT_MAX_BYTES) {
                throw new ImageException("%s: has %d bytes, more than the limit of %d".formatted(file, size,
                        ImageDecoder.DEFAULT_MAX_BYTES));
            }
            try (InputStream content = system(path).open(path)) {
                return new ImageDecoder().read(content, file);
            }
        } catch (IOException e) {
            throw new ImageException(file + ": cannot be read: " + e, e);
        }
    }

    /** @throws WebDatasetException if it cannot be read */
    TarSamples openTar(String file) {
        Path path = new Path(file);
        try {
            return TarSamples.stream(system(path).open(path), file, ImageDecoder.DEFAULT_MAX_BYTES);
        } catch (IOException e) {
            throw new WebDatasetException(file + ": cannot be read: " + e, e);
        }
    }

    /**
     * The path itself if it is a file, else those of the images below the folder, sorted.
     *
     * @throws IllegalArgumentException if there is nothing
     */
    List<String> images(String name) {
        Path path = new Path(name);
        try {
            FileStatus status = system(path).getFileStatus(path);
            if (status.isFile()) {
                return List.of(name);
            }
            List<String> images = new ArrayList<>();
            RemoteIterator<LocatedFileStatus> files = system(path).listFiles(path, true);
            while (files.hasNext()) {
                Path file = files.next().getPath();
                if (ImageDecoder.isImageName(java.nio.file.Path.of(file.getName()))) {
                    images.add(file.toString());
                }
            }
            if (images.isEmpty()) {
                throw new IllegalArgumentException(name + ": no images in this folder");
            }
            images.sort(null);
            return images;
        } catch (IOException e) {
            throw new IllegalArgumentException(name + ": cannot be read: " + e, e);
        }
    }
}
