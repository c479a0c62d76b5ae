"""The package's own reader and writer of messages, held against protobuf's."""

import random
import unittest

from activation import messages, wire


def a_result(generator):
    result = messages.GradientResult(parameter_gradients={"beta": generator.random()})
    result.dx.dtype = 1
    result.dx.shape.extend([generator.randrange(300), 1 << generator.randrange(60)])
    result.dx.data = generator.randbytes(generator.choice([0, 1, 127, 128, 20_000]))
    return result


class WireTest(unittest.TestCase):
    def test_a_field_is_what_protobuf_writes(self):
        for size in (0, 1, 127, 128, 1 << 14, (1 << 21) + 1):
            data = bytes(size)
            expected = messages.Tensor(data=data).SerializeToString() if size else b"\x1a\x00"
            self.assertEqual(b"".join(wire.field(3, [data[:1], memoryview(data[1:])])), expected)

    def test_records_put_together_are_the_message(self):
        generator = random.Random(1)
        for _ in range(200):
            whole = a_result(generator).SerializeToString()
            records = list(wire.records(memoryview(whole)))
            self.assertEqual(b"".join(record.whole for record in records), whole)

    def test_split_takes_one_field_out(self):
        generator = random.Random(2)
        for _ in range(200):
            result = a_result(generator)
            payload, rest = wire.split(memoryview(result.SerializeToString()), 1)
            data, head = wire.split(payload, 3)
            self.assertEqual(bytes(data or b""), result.dx.data)
            result.dx.ClearField("data")
            self.assertEqual(messages.Tensor.FromString(head), result.dx)
            result.ClearField("dx")
            self.assertEqual(messages.GradientResult.FromString(rest), result)

    def test_an_absent_field_is_none(self):
        payload, rest = wire.split(memoryview(b""), 1)
        self.assertIsNone(payload)
        self.assertEqual(rest, b"")

    def test_fixed_width_fields_are_stepped_over(self):
        message = b"\x09" + bytes(8) + b"\x15" + bytes(4) + b"\x18\x01"
        numbers = [record.number for record in wire.records(memoryview(message))]
        self.assertEqual(numbers, [1, 2, 3])

    def test_a_number_has_an_end(self):
        largest = b"\x08" + b"\xff" * 9 + b"\x01"
        self.assertEqual([record.number for record in wire.records(memoryview(largest))], [1])
        for endless in (b"\x08" + b"\x80" * 10 + b"\x01", b"\xff" * (1 << 20)):
            with self.assertRaisesRegex(ValueError, "more than 10 bytes"):
                list(wire.records(memoryview(endless)))

    def test_what_is_cut_off_is_no_message(self):
        whole = a_result(random.Random(3)).SerializeToString()
        boundaries = {0}
        for record in wire.records(memoryview(whole)):
            boundaries.add(max(boundaries) + len(record.whole))
        for size in range(min(len(whole), 300)):
            if size not in boundaries:
                with self.assertRaises(ValueError):
                    list(wire.records(memoryview(whole[:size])))


if __name__ == "__main__":
    unittest.main()
