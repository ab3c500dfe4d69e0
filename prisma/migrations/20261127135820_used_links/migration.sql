-- AlterTable
ALTER TABLE "mailed_links" ADD COLUMN     "used_at" TIMESTAMPTZ(3);
